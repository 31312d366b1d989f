import { defineFact } from '../../../../lib/index.ts';
import { askErlang, parseAnswer } from '../erlang/ask-erlang.ts';
import { HEALTH_EXPRESSION } from '../erlang/health-expression.ts';

/** A queue as the cluster's tables have it. Nodes by name, as in `rabbit@hadoop001`. */
export interface QueueHealth {
  readonly vhost: string;
  readonly name: string;
  readonly type: 'classic' | 'quorum' | 'stream';
  /** Where it is served; null when nobody serves it. */
  readonly leader: string | null;
  /** All that shall hold it. */
  readonly members: readonly string[];
  /** Those that run and have all of it: synchronised mirrors, running replicas, the leader among them. */
  readonly online: readonly string[];
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly policy: string | null;
  /** How many members a quorum queue shall have, by policy or argument (`target-group-size`); null where nobody says. */
  readonly target: number | null;
}

/** How well a cluster is, as one of its nodes sees it. */
export interface Health {
  readonly node: string;
  readonly version: string | null;
  /** Release of Erlang/OTP, as in `25`. */
  readonly erlang: string | null;
  readonly running: boolean;
  readonly clusterName: string | null;
  readonly members: readonly string[];
  readonly up: readonly string[];
  readonly ram: readonly string[];
  readonly store: 'mnesia' | 'khepri';
  readonly partitions: readonly string[];
  /** As in `memory` on a node; the node is null for one of the whole. */
  readonly alarms: readonly { readonly what: string; readonly node: string | null }[];
  /** Nodes in maintenance mode. */
  readonly draining: readonly string[];
  readonly flags: readonly { readonly name: string; readonly enabled: boolean }[];
  /** Path of the certificate that clients are shown; null without TLS. */
  readonly certificate: string | null;
  /** Null when they could not be listed. */
  readonly queues: readonly QueueHealth[] | null;
}

/** Asks a node for the cluster's health, always anew; undefined where no broker answers. */
export const askHealth = defineFact<Health | undefined>({
  name: "the cluster's health",
  fresh: true,
  script: askErlang(HEALTH_EXPRESSION),
  parse: (reply) => parseAnswer<Health>(reply),
});

/** The same for what depends on the queues: it fails when they could not be listed. */
export const askQueues = defineFact<Health>({
  ...askHealth,
  parse(reply) {
    const health = askHealth.parse(reply);
    if (health === undefined || health.queues === null) throw new Error('the queues could not be listed');
    return health;
  },
});

/** A queue's name for people: with its virtual host unless that is the usual one. */
export function queueTitle({ vhost, name }: Pick<QueueHealth, 'vhost' | 'name'>): string {
  return vhost === '/' ? name : `${name} (vhost ${vhost})`;
}
