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

export type WantedQueue = Omit<Queue, 'type'> & { readonly type?: string | undefined };

/** A queue. One that is there and differs is refused: nothing of a queue can be changed but by making it anew. */
export function queue(given: WantedQueue): Entity {
  const { vhost, name } = given;
  const wanted = withoutType(given);
  const table =
    wanted.type === undefined ? wanted.arguments : { ...wanted.arguments, 'x-queue-type': wanted.type };
  return {
    title: `queue ${name} on ${vhost}`,
    claims: { [`rabbitmq queue ${vhost} ${name}`]: JSON.stringify(wanted) },
    sought: { queues: [{ vhost, name }] },
    refusal(state) {
      const now = found(state.queues, given);
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
      found(queues, given) ? [] : [{ what: 'queue', from: 'absent', to: wanted.type ?? 'present' }],
    edits: () => [
      {
        do: 'import',
        definitions: {
          queues: [{ vhost, name, durable: given.durable, auto_delete: given.auto_delete, arguments: table }],
        },
      },
    ],
  };
}

/** An exchange, under the same rule. */
export function exchange(wanted: Exchange): Entity {
  const { vhost, name } = wanted;
  return {
    title: `exchange ${name} on ${vhost}`,
    claims: { [`rabbitmq exchange ${vhost} ${name}`]: JSON.stringify(wanted) },
    sought: { exchanges: [{ vhost, name }] },
    refusal({ exchanges }) {
      const now = found(exchanges, wanted);
      const differing = now
        ? partsThatDiffer(now, wanted, ['type', 'durable', 'auto_delete', 'internal', 'arguments'])
        : [];
      return unchangeable(
        `the exchange ${name} on ${vhost}`,
        differing,
        `rabbitmqctl eval 'rabbit_exchange:delete(rabbit_misc:r(<<"${vhost}">>, exchange, <<"${name}">>), false, <<"cli">>).'`,
      );
    },
    differences: ({ exchanges }) =>
      found(exchanges, wanted) ? [] : [{ what: 'exchange', from: 'absent', to: wanted.type }],
    edits: () => [{ do: 'import', definitions: { exchanges: [{ ...wanted }] } }],
  };
}

export function binding(wanted: Binding): Entity {
  return {
    title: bindingTitle(wanted),
    claims: { [bindingClaim(wanted)]: 'present' },
    sought: { bindings: [ends(wanted)] },
    differences: (state) =>
      isBound(state, wanted)
        ? []
        : [{ what: 'binding', from: 'absent', to: wanted.routing_key || 'present' }],
    edits: () => [{ do: 'import', definitions: { bindings: [{ ...wanted }] } }],
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
function withoutType(wanted: WantedQueue): WantedQueue {
  const { 'x-queue-type': argument, ...rest } = wanted.arguments;
  const type = wanted.type ?? (typeof argument === 'string' ? argument : undefined);
  return { ...wanted, type: type === undefined ? undefined : queueType(type), arguments: rest };
}

function unchangeable(what: string, differing: readonly Change[], remove: string): string | undefined {
  if (differing.length === 0) return undefined;
  const parts = differing.map(({ what: part, from, to }) => `${part} ${from}, wanted ${to}`).join('; ');
  return `${what} is there and differs in what can't be changed (${parts}): want it as it is, or remove it, with what it holds, so that it is made anew: ${remove}`;
}

function ends({ vhost, source, destination, destination_type }: Ends): Ends {
  return { vhost, source, destination, destination_type };
}

function isBound({ bindings }: Entities, wanted: Binding): boolean {
  return bindings.some(
    (each) =>
      each.routing_key === wanted.routing_key &&
      same(ends(each), ends(wanted)) &&
      same(each.arguments, wanted.arguments),
  );
}

function bindingTitle({ source, destination, destination_type, routing_key, vhost }: Binding): string {
  const key = routing_key === '' ? '' : ` by ${routing_key}`;
  return `binding of ${destination_type} ${destination} to ${source}${key} on ${vhost}`;
}

function bindingClaim(wanted: Binding): string {
  const { vhost, source, destination, destination_type, routing_key } = wanted;
  return `rabbitmq binding ${JSON.stringify([vhost, source, destination_type, destination, routing_key, wanted.arguments])}`;
}
