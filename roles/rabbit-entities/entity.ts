import {
  type Change,
  type Claims,
  defineTask,
  type Fact,
  type Pending,
  type Reply,
  type Secret,
  type TaskType,
} from '../../lib/index.ts';
import { parseAnswer } from '../domain/rabbitmq/erlang/ask-erlang.ts';
import { editMetadata, type MetadataEdit } from '../domain/rabbitmq/erlang/metadata-edits.ts';
import type { Entities, Sought } from '../domain/rabbitmq/facts/entities.ts';

/** One thing that the cluster shall hold, or shall not. Pure: what is comes in, what to do goes out. */
export interface Entity {
  /** As in `virtual host orders`. */
  readonly title: string;
  readonly claims: Claims;
  /** What has to be looked for by name. */
  readonly sought?: Partial<Sought>;
  /** Never handed to anything but a host's stdin. */
  readonly secrets?: readonly Secret[];
  /** `pending` as in a task type: what check mode has foreseen. */
  differences(state: Entities, pending?: readonly Pending[]): readonly Change[];
  /** Makes exactly these. */
  edits(state: Entities, changes: readonly Change[]): readonly MetadataEdit[];
  /** Why it can't be had as things stand. */
  refusal?(state: Entities): string | undefined;
  /** What of it is left as it is, since changing it would do harm: each with the reason and what to do. */
  kept?(state: Entities): readonly string[];
}

interface EntityWant {
  readonly entity: Entity;
  /** What the cluster holds: one fact for all entities of a run. */
  readonly held: Fact<Entities>;
}

export const entityType: TaskType<EntityWant, Entities> = {
  name: 'rabbit-entity',
  title: ({ entity }) => entity.title,
  claims: ({ entity }) => entity.claims,
  fact: ({ held }) => held,
  diff(state, { entity }, pending) {
    const refused = entity.refusal?.(state);
    if (refused !== undefined) throw new Error(refused);
    return entity.differences(state, pending);
  },
  apply: ({ entity }, changes, state) => editMetadata(entity.edits(state, changes), entity.secrets),
};

/** Something of the cluster's metadata as it shall be. */
export const entityTask = defineTask(entityType);

/** @throws Error when no broker answers */
export function parseEntities(reply: Reply): Entities {
  const state = parseAnswer<Entities>(reply);
  if (state?.running !== true || state.vhosts === null || state.users === null) {
    throw new Error('the broker is not running');
  }
  return state;
}

/** Something that shall not be there. */
export function absent(
  title: string,
  claim: string,
  there: (state: Entities) => boolean,
  edit: MetadataEdit,
  sought: Partial<Sought> = {},
): Entity {
  const kind = /^(?:virtual host|global parameter|topic permissions|\w+)/.exec(title)?.[0] ?? title;
  return {
    title: `${title} absent`,
    claims: { [`rabbitmq ${claim}`]: 'absent' },
    sought,
    differences: (state) => (there(state) ? [{ what: kind, from: 'present', to: 'absent' }] : []),
    edits: () => [edit],
  };
}
