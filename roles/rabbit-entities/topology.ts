import type { Change } from '../../lib/index.ts';
import {
  type Binding,
  type Ends,
  type Entities,
  type Exchange,
  type Named,
  type Queue,
  queueType,
} from '../domain/rabbitmq/facts/entities.ts';
import { partsThatDiffer, same } from './compare.ts';
import { absent, type Entity } from './entity.ts';

export type QueueWish = Omit<Queue, 'type'> & { readonly type?: string | undefined };

/** A queue. One that is there and differs is refused: nothing of a queue can be changed but by making it anew. */
export function queue(wish: QueueWish): Entity {
  const { vhost, name } = wish;
  const wanted = withoutType(wish);
  const table =
    wanted.type === undefined ? wanted.arguments : { ...wanted.arguments, 'x-queue-type': wanted.type };
  return {
    title: `queue ${name} on ${vhost}`,
    claims: { [`rabbitmq queue ${vhost} ${name}`]: JSON.stringify(wanted) },
    sought: { queues: [{ vhost, name }] },
    refusal(state) {
      const now = found(state.queues, wish);
      const differing = now
        ? partsThatDiffer(withoutType(now), wanted, ['type', 'durable', 'auto_delete', 'arguments'])
        : [];
      return unchangeable(
        `the queue ${name} on ${vhost}`,
        differing,
        `rabbitmqctl delete_queue -p '${vhost}' '${name}'`,
      );
    },
    differences: ({ queues }) =>
      found(queues, wish) ? [] : [{ what: 'queue', from: 'absent', to: wanted.type ?? 'present' }],
    deeds: () => [
      {
        do: 'import',
        definitions: {
          queues: [{ vhost, name, durable: wish.durable, auto_delete: wish.auto_delete, arguments: table }],
        },
      },
    ],
  };
}

/** An exchange, under the same rule. */
export function exchange(wish: Exchange): Entity {
  const { vhost, name } = wish;
  return {
    title: `exchange ${name} on ${vhost}`,
    claims: { [`rabbitmq exchange ${vhost} ${name}`]: JSON.stringify(wish) },
    sought: { exchanges: [{ vhost, name }] },
    refusal({ exchanges }) {
      const now = found(exchanges, wish);
      const differing = now
        ? partsThatDiffer(now, wish, ['type', 'durable', 'auto_delete', 'internal', 'arguments'])
        : [];
      return unchangeable(
        `the exchange ${name} on ${vhost}`,
        differing,
        `rabbitmqctl eval 'rabbit_exchange:delete(rabbit_misc:r(<<"${vhost}">>, exchange, <<"${name}">>), false, <<"cli">>).'`,
      );
    },
    differences: ({ exchanges }) =>
      found(exchanges, wish) ? [] : [{ what: 'exchange', from: 'absent', to: wish.type }],
    deeds: () => [{ do: 'import', definitions: { exchanges: [{ ...wish }] } }],
  };
}

export function binding(wish: Binding): Entity {
  return {
    title: bindingTitle(wish),
    claims: { [bindingClaim(wish)]: 'present' },
    sought: { bindings: [ends(wish)] },
    differences: (state) =>
      isBound(state, wish) ? [] : [{ what: 'binding', from: 'absent', to: wish.routing_key || 'present' }],
    deeds: () => [{ do: 'import', definitions: { bindings: [{ ...wish }] } }],
  };
}

export function queueAbsent({ vhost, name }: Named): Entity {
  return absent(
    `queue ${name} on ${vhost}`,
    `queue ${vhost} ${name}`,
    ({ queues }) => found(queues, { vhost, name }) !== undefined,
    { do: 'remove', what: 'queue', vhost, name },
    { queues: [{ vhost, name }] },
  );
}

export function exchangeAbsent({ vhost, name }: Named): Entity {
  return absent(
    `exchange ${name} on ${vhost}`,
    `exchange ${vhost} ${name}`,
    ({ exchanges }) => found(exchanges, { vhost, name }) !== undefined,
    { do: 'remove', what: 'exchange', vhost, name },
    { exchanges: [{ vhost, name }] },
  );
}

export function bindingAbsent(gone: Binding): Entity {
  return absent(
    bindingTitle(gone),
    bindingClaim(gone).replace('rabbitmq ', ''),
    (state) => isBound(state, gone),
    { ...gone, ...ends(gone), do: 'remove', what: 'binding' },
    { bindings: [ends(gone)] },
  );
}

function found<T extends Named>(all: readonly T[], { vhost, name }: Named): T | undefined {
  return all.find((each) => each.vhost === vhost && each.name === name);
}

/** The type is an argument to clients; a broker may keep it as one or not. */
function withoutType(wish: QueueWish): QueueWish {
  const { 'x-queue-type': argument, ...rest } = wish.arguments;
  const type = wish.type ?? (typeof argument === 'string' ? argument : undefined);
  return { ...wish, type: type === undefined ? undefined : queueType(type), arguments: rest };
}

function unchangeable(what: string, differing: readonly Change[], remove: string): string | undefined {
  if (differing.length === 0) return undefined;
  const parts = differing.map(({ what: part, from, to }) => `${part} ${from}, wanted ${to}`).join('; ');
  return `${what} is there and differs in what can't be changed (${parts}): want it as it is, or remove it, with what it holds, so that it is made anew: ${remove}`;
}

function ends({ vhost, source, destination, destination_type }: Ends): Ends {
  return { vhost, source, destination, destination_type };
}

function isBound({ bindings }: Entities, wish: Binding): boolean {
  return bindings.some(
    (each) =>
      each.routing_key === wish.routing_key &&
      same(ends(each), ends(wish)) &&
      same(each.arguments, wish.arguments),
  );
}

function bindingTitle({ source, destination, destination_type, routing_key, vhost }: Binding): string {
  const key = routing_key === '' ? '' : ` by ${routing_key}`;
  return `binding of ${destination_type} ${destination} to ${source}${key} on ${vhost}`;
}

function bindingClaim(wish: Binding): string {
  const { vhost, source, destination, destination_type, routing_key } = wish;
  return `rabbitmq binding ${JSON.stringify([vhost, source, destination_type, destination, routing_key, wish.arguments])}`;
}
