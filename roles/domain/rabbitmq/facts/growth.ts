import { defineFact, type Fact, type Reply, type Script } from '../../../../lib/index.ts';
import { askErlang, parseAnswer } from '../erlang/ask-erlang.ts';
import { growthExpression } from '../erlang/growth-expression.ts';
import { queueTitle } from './health.ts';

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

/** The replicated queues, and what part the node has of each. */
export function askGrowth(node: string): Fact<Growth> {
  return defineFact({ name: `queues of ${node}`, script: growthScript(node), parse: parseGrowth });
}

/** Quorum queues and streams that have no member on the node, and could have one. */
export function withoutMember({ up, queues }: Growth): readonly Share[] {
  return queues.filter(
    // A quorum queue that went with a forgotten node has nobody who could take a member.
    ({ type, member, leader }) =>
      !member && (type === 'stream' || (type === 'quorum' && up.includes(leader))),
  );
}

/** What members on the node still lack of their quorum queues and streams, in words; true when nothing. */
export function caughtUp({ queues, ...rest }: Growth): true | string {
  return synchronised({ ...rest, queues: queues.filter(({ type }) => type !== 'mirrored') });
}

/** What is still missing until the node has all that it shall hold, in words; true when nothing is. */
export function synchronised({ node, queues }: Growth): true | string {
  const late = queues.filter(({ waits, ready }) => waits && !ready);
  return late.length === 0 || `${node} has not all of ${listed(late)}`;
}

/**
 * Whether, streams aside, which not every version's rebalance moves, the node leads nothing while another leads more than its share of what this one has too, or is to have. A
 * rebalance then moves some of it here; otherwise it is left alone, since leaders move by themselves in a cluster's life.
 */
export function leadsTooLittle({ node, up, queues }: Growth): boolean {
  const movable = queues.filter(({ type }) => type !== 'stream');
  const ledBy = (leader: string) => movable.filter((queue) => queue.leader === leader);
  if (ledBy(node).length > 0) return false;
  const most = Math.ceil(movable.length / new Set([...up, node]).size);
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
