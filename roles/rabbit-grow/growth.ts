import type { Reply, Script } from '../../lib/index.ts';
import { askErlang, parseAnswer } from '../support/rabbitmq/ask-erlang.ts';
import { queueTitle } from '../support/rabbitmq/health.ts';
import { growthExpression } from './growth-expression.ts';

/** A replicated queue, and what part the node has of it. */
export interface Share {
  readonly vhost: string;
  readonly name: string;
  readonly type: 'quorum' | 'mirrored' | 'stream';
  readonly leader: string;
  /** The node holds a replica of it. */
  readonly member: boolean;
  /** The replica has all of it. */
  readonly ready: boolean;
  /** It gets there by itself, so that it can be waited for. */
  readonly waits: boolean;
}

export interface Growth {
  readonly node: string;
  readonly up: readonly string[];
  readonly queues: readonly Share[];
}

export function growthScript(node: string): Script {
  return askErlang(growthExpression(node));
}

/** @throws Error when the broker gave no answer */
export function parseGrowth(reply: Reply): Growth {
  const growth = parseAnswer<Growth>(reply);
  if (growth === undefined) throw new Error('the broker did not say which queues it has');
  return growth;
}

/** Quorum queues that have no member on the node. */
export function withoutMember({ queues }: Growth): readonly Share[] {
  return queues.filter(({ type, member }) => type === 'quorum' && !member);
}

/** What is still missing until the node has all that it shall hold, in words; true when nothing is. */
export function synchronised({ node, queues }: Growth): true | string {
  const late = queues.filter(({ waits, ready }) => waits && !ready);
  return late.length === 0 || `${node} has not all of ${listed(late)}`;
}

/**
 * Whether the node leads nothing while another leads more than its share of what this one has too, or is to have. A
 * rebalance then moves some of it here; otherwise it is left alone, since leaders move by themselves in a cluster's life.
 */
export function leadsTooLittle({ node, up, queues }: Growth): boolean {
  const ledBy = (leader: string) => queues.filter((queue) => queue.leader === leader);
  if (ledBy(node).length > 0) return false;
  const most = Math.ceil(queues.length / new Set([...up, node]).size);
  return up.some((other) => {
    const led = ledBy(other);
    return led.length > most && led.some(({ type, ready, waits }) => ready || waits || type === 'quorum');
  });
}

/** Some queues' names, the first few in full. */
export function listed(queues: readonly Pick<Share, 'vhost' | 'name'>[]): string {
  const names = queues.slice(0, 5).map(queueTitle);
  return queues.length > 5 ? `${names.join(', ')} and ${queues.length - 5} more` : names.join(', ');
}
