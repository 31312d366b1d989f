import type { Change } from '../../lib/index.ts';
import { type Held, keptFor } from '../domain/rabbitmq/erlang/default-queue-type.ts';
import { defaultTypeClaim, type Entities, queueType, type Vhost } from '../domain/rabbitmq/facts/entities.ts';
import { sorted } from './compare.ts';
import { absent, type Entity } from './entity.ts';

export interface VhostWish {
  readonly name: string;
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly default_queue_type?: string | undefined;
}

/** A virtual host; what is left out stays as it is. */
export function vhost(wish: VhostWish): Entity {
  const now = (state: Entities) => state.vhosts?.find(({ name }) => name === wish.name);
  return {
    title: `virtual host ${wish.name}`,
    claims: {
      [`rabbitmq virtual host ${wish.name}`]: JSON.stringify(wish),
      ...(wish.default_queue_type === undefined ? {} : defaultTypeClaim(wish.name, wish.default_queue_type)),
    },
    ...(wish.default_queue_type === undefined
      ? {}
      : { sought: { defaultTypes: [{ vhost: wish.name, type: wish.default_queue_type }] } }),
    refusal: (state) => refusal(state, now(state), wish),
    kept(state) {
      const held = holding(state, now(state), wish);
      const type = wish.default_queue_type;
      return held === undefined || type === undefined ? [] : [keptFor(held, type)];
    },
    differences: (state) => differences(state, now(state), wish),
    deeds(state) {
      const current = now(state);
      // What an import doesn't say is reset: what is to stay has to be said too.
      const description = wish.description ?? current?.description ?? '';
      const tags = sorted(wish.tags ?? current?.tags ?? []);
      const kept = holding(state, current, wish) !== undefined;
      const type = (kept ? undefined : wish.default_queue_type) ?? (current?.defaultQueueType || undefined);
      const metadata = {
        description,
        tags,
        ...(type === undefined ? {} : { default_queue_type: queueType(type) }),
      };
      return [{ do: 'import', definitions: { vhosts: [{ name: wish.name, description, tags, metadata }] } }];
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

function differences(state: Entities, now: Vhost | undefined, wish: VhostWish): readonly Change[] {
  if (now === undefined) return [{ what: 'virtual host', from: 'absent', to: 'present' }];
  const changes: Change[] = [];
  if (wish.description !== undefined && wish.description !== now.description)
    changes.push({ what: 'description', from: now.description, to: wish.description });
  if (wish.tags && sorted(wish.tags).join() !== sorted(now.tags).join())
    changes.push({ what: 'tags', from: now.tags.join(' '), to: wish.tags.join(' ') });
  if (typeDiffers(now, wish) && holding(state, now, wish) === undefined) {
    changes.push({ what: 'default queue type', from: typeOf(now), to: wish.default_queue_type });
  }
  return changes;
}

function refusal({ can, version }: Entities, now: Vhost | undefined, wish: VhostWish): string | undefined {
  if (wish.default_queue_type === undefined) return undefined;
  if (now === undefined) {
    if (can.includes('queueTypeOfNewVhost') || wish.default_queue_type === 'classic') return undefined;
    return `RabbitMQ ${version} knows no default queue type of a virtual host (it came with 3.10.8): leave default_queue_type of ${wish.name} out`;
  }
  if (!typeDiffers(now, wish) || can.includes('queueTypeOfVhost')) return undefined;
  return `RabbitMQ ${version} can't change the default queue type of a virtual host, and ${wish.name} has ${typeOf(now)} (wanted: ${wish.default_queue_type}): leave it out, or delete the virtual host, with all that is in it, and let it be made anew: rabbitmqctl delete_vhost '${wish.name}'`;
}

/** Queues that could not be declared again under the default type that is wanted: it is left as it is for them. */
function holding({ held }: Entities, now: Vhost | undefined, wish: VhostWish): Held | undefined {
  if (now === undefined || !typeDiffers(now, wish)) return undefined;
  return held.find(({ vhost: name, total }) => name === wish.name && total > 0);
}

function typeDiffers(now: Vhost, { default_queue_type: wanted }: VhostWish): boolean {
  return wanted !== undefined && typeOf(now) !== wanted;
}

/** Where nothing is said a queue is classic. */
function typeOf({ defaultQueueType }: Vhost): string {
  return queueType(defaultQueueType ?? 'classic');
}
