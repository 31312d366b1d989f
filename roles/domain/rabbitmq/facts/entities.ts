import type { Claims } from '../../../../lib/index.ts';
import type { Held } from '../erlang/default-queue-type.ts';
import type { Ends, Named, Sought } from '../erlang/entities-expression.ts';
import type { BrokerUser, Permission } from './snapshot.ts';

export type { Ends, Named, Sought };

export interface Vhost {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** As the broker writes it: `quorum`, `rabbit_quorum_queue`; null when the broker's own default counts. */
  readonly defaultQueueType: string | null;
}

export interface LimitedUser extends BrokerUser {
  readonly limits: Readonly<Record<string, number>>;
}

export interface TopicPermission {
  readonly user: string;
  readonly vhost: string;
  readonly exchange: string;
  readonly write: string;
  readonly read: string;
}

export interface Parameter {
  readonly vhost: string;
  readonly component: string;
  readonly name: string;
  readonly value: unknown;
}

export interface GlobalParameter {
  readonly name: string;
  readonly value: unknown;
}

export interface DefinedPolicy extends Named {
  readonly pattern: string;
  readonly 'apply-to': string;
  readonly priority: number;
  readonly definition: unknown;
}

type Table = Readonly<Record<string, unknown>>;

export interface Exchange extends Named {
  readonly type: string;
  readonly durable: boolean;
  readonly auto_delete: boolean;
  readonly internal: boolean;
  readonly arguments: Table;
}

export interface Queue extends Named {
  /** As the broker writes it, such as `rabbit_quorum_queue`. */
  readonly type: string;
  readonly durable: boolean;
  readonly auto_delete: boolean;
  readonly arguments: Table;
}

export interface Binding extends Ends {
  readonly routing_key: string;
  readonly arguments: Table;
}

export interface FeatureFlag {
  readonly name: string;
  /** `required`, `stable` or `experimental`. */
  readonly stability: string | null;
  readonly enabled: boolean;
  /** By every node of the cluster. */
  readonly supported: boolean | null;
}

/** What the cluster holds, as one of its members tells it. */
export interface Entities {
  readonly version: string | null;
  readonly running: boolean;
  /** What this version can do to a virtual host. */
  readonly can: readonly string[];
  readonly vhosts: readonly Vhost[] | null;
  /** Of the default queue types that are sought: the queues that keep the one there is. */
  readonly held: readonly Held[];
  readonly users: readonly LimitedUser[] | null;
  readonly permissions: readonly Permission[];
  readonly topicPermissions: readonly TopicPermission[];
  readonly parameters: readonly Parameter[];
  readonly globalParameters: readonly GlobalParameter[];
  readonly policies: readonly DefinedPolicy[];
  readonly exchanges: readonly Exchange[];
  readonly queues: readonly Queue[];
  readonly bindings: readonly Binding[];
  readonly featureFlags: readonly FeatureFlag[];
}

/** What a task claims that says which type queues of a virtual host have by default: two roles can. */
export function defaultTypeClaim(vhost: string, type: string): Claims {
  return { [`rabbitmq default queue type of virtual host ${vhost}`]: type };
}

/** A queue type in the words of a client, however the broker writes it. */
export function queueType(type: string): string {
  return /^rabbit_(\w+)_queue$/.exec(type)?.[1] ?? type;
}
