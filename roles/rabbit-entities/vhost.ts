import type { Change } from '../../lib/index.ts';
import { type Held, keptFor } from '../domain/rabbitmq/erlang/default-queue-type.ts';
import { defaultTypeClaim, type Entities, queueType, type Vhost } from '../domain/rabbitmq/facts/entities.ts';
import { sorted } from './compare.ts';
import { absent, type Entity } from './entity.ts';

export interface WantedVhost {
  readonly name: string;
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly default_queue_type?: string | undefined;
}

/** A virtual host; what is left out stays as it is. */
export function vhost(wanted: WantedVhost): Entity {
  const now = (state: Entities) => state.vhosts?.find(({ name }) => name === wanted.name);
  return {
    title: `virtual host ${wanted.name}`,
    claims: {
      [`rabbitmq virtual host ${wanted.name}`]: JSON.stringify(wanted),
      ...(wanted.default_queue_type === undefined
        ? {}
        : defaultTypeClaim(wanted.name, wanted.default_queue_type)),
    },
    ...(wanted.default_queue_type === undefined
      ? {}
      : { sought: { defaultTypes: [{ vhost: wanted.name, type: wanted.default_queue_type }] } }),
    refusal: (state) => refusal(state, now(state), wanted),
    kept(state) {
      const held = holding(state, now(state), wanted);
      const type = wanted.default_queue_type;
      return held === undefined || type === undefined ? [] : [keptFor(held, type)];
    },
    differences: (state) => differences(state, now(state), wanted),
    edits(state) {
      const current = now(state);
      // What an import doesn't say is reset: what is to stay has to be said too.
      const description = wanted.description ?? current?.description ?? '';
      const tags = sorted(wanted.tags ?? current?.tags ?? []);
      const kept = holding(state, current, wanted) !== undefined;
      const type = (kept ? undefined : wanted.default_queue_type) ?? (current?.defaultQueueType || undefined);
      const metadata = {
        description,
        tags,
        ...(type === undefined ? {} : { default_queue_type: queueType(type) }),
      };
      return [
        { do: 'import', definitions: { vhosts: [{ name: wanted.name, description, tags, metadata }] } },
      ];
    },
  };
}

export function vhostAbsent(name: string): Entity {
  return absent(
    `virtual host ${name}`,
    `virtual host ${name}`,
    ({ vhosts }) => vhosts?.some((each) => each.name === name) ?? false,
    { do: 'remove', what: 'vhost', name },
  );
}

function differences(state: Entities, now: Vhost | undefined, wanted: WantedVhost): readonly Change[] {
  if (now === undefined) return [{ what: 'virtual host', from: 'absent', to: 'present' }];
  const changes: Change[] = [];
  if (wanted.description !== undefined && wanted.description !== now.description)
    changes.push({ what: 'description', from: now.description, to: wanted.description });
  if (wanted.tags && sorted(wanted.tags).join() !== sorted(now.tags).join())
    changes.push({ what: 'tags', from: now.tags.join(' '), to: wanted.tags.join(' ') });
  if (typeDiffers(now, wanted) && holding(state, now, wanted) === undefined) {
    changes.push({ what: 'default queue type', from: typeOf(now), to: wanted.default_queue_type });
  }
  return changes;
}

function refusal(
  { can, version }: Entities,
  now: Vhost | undefined,
  wanted: WantedVhost,
): string | undefined {
  if (wanted.default_queue_type === undefined) return undefined;
  if (now === undefined) {
    if (can.includes('queueTypeOfNewVhost') || wanted.default_queue_type === 'classic') return undefined;
    return `RabbitMQ ${version} knows no default queue type of a virtual host (it came with 3.10.8): leave default_queue_type of ${wanted.name} out`;
  }
  if (!typeDiffers(now, wanted) || can.includes('queueTypeOfVhost')) return undefined;
  return `RabbitMQ ${version} can't change the default queue type of a virtual host, and ${wanted.name} has ${typeOf(now)} (wanted: ${wanted.default_queue_type}): leave it out, or delete the virtual host, with all that is in it, and let it be made anew: rabbitmqctl delete_vhost '${wanted.name}'`;
}

/** Queues that could not be declared again under the default type that is wanted: it is left as it is for them. */
function holding({ held }: Entities, now: Vhost | undefined, wanted: WantedVhost): Held | undefined {
  if (now === undefined || !typeDiffers(now, wanted)) return undefined;
  return held.find(({ vhost: name, total }) => name === wanted.name && total > 0);
}

function typeDiffers(now: Vhost, { default_queue_type: wanted }: WantedVhost): boolean {
  return wanted !== undefined && typeOf(now) !== wanted;
}

/** Where nothing is said a queue is classic. */
function typeOf({ defaultQueueType }: Vhost): string {
  return queueType(defaultQueueType ?? 'classic');
}
