import type { Snapshot } from '../support/rabbitmq/snapshot.ts';

/**
 * What a node is to the cluster it shall belong to:
 * `blank` has never been started; `empty` is a cluster of one with nothing in it; `data` is one with something in it;
 * `member` belongs to the cluster; `half-joined` says it belongs and is not running there, or the others disagree;
 * `foreign` belongs to another cluster.
 */
export type Standing = 'blank' | 'empty' | 'data' | 'member' | 'half-joined' | 'foreign';

export interface Classified {
  readonly standing: Standing;
  /** Why, in a few words for people. */
  readonly reason: string;
}

/** What the seed of the cluster knows. */
export interface SeedView {
  readonly node: string;
  /** Node names of its cluster, itself included; undefined when it isn't running. */
  readonly members: readonly string[] | undefined;
}

/**
 * Judges a node by what it says live and by what lies on its disk.
 * @param harmless users that the cluster would have anyway, which are no data
 */
export function classify(node: Snapshot, seed: SeedView, harmless: readonly string[]): Classified {
  const { live, disk } = node;
  const members = live?.members ?? (disk.members.length > 0 ? disk.members : undefined);
  if (members === undefined) {
    return disk.stored > 0
      ? { standing: 'data', reason: `${disk.stored} queues on disk, and no word of a cluster` }
      : { standing: 'blank', reason: disk.present ? 'no cluster on disk' : 'never started' };
  }
  const others = members.filter((member) => member !== node.node);
  if (others.length > 0) return classifyMember(node, others, seed);
  if (live?.running !== true) {
    return disk.stored > 0
      ? { standing: 'data', reason: `not running, with ${disk.stored} queues on disk` }
      : { standing: 'half-joined', reason: 'a cluster of one that is not running' };
  }
  const data = dataOf(node, harmless);
  return data === ''
    ? { standing: 'empty', reason: 'a cluster of one with nothing in it' }
    : { standing: 'data', reason: `a cluster of one with ${data}` };
}

function classifyMember(node: Snapshot, others: readonly string[], seed: SeedView): Classified {
  const isSeed = node.node === seed.node;
  const running = node.live?.running === true;
  const member: Classified = { standing: 'member', reason: `with ${others.join(', ')}` };
  if (!isSeed && !others.includes(seed.node)) {
    return { standing: 'foreign', reason: `a cluster with ${others.join(', ')}` };
  }
  // A node that sees the seed run is in; what the seed said may be older than that.
  if (running && (isSeed || node.live?.up?.includes(seed.node))) return member;
  if (!isSeed && seed.members !== undefined && !seed.members.includes(node.node)) {
    return { standing: 'half-joined', reason: `it counts itself to ${seed.node}'s cluster, which disagrees` };
  }
  return running ? member : { standing: 'half-joined', reason: 'a member that is not running' };
}

/** What a join would destroy, in words; empty when nothing. */
function dataOf({ live }: Snapshot, harmless: readonly string[]): string {
  const users = (live?.users ?? []).filter(({ name }) => !harmless.includes(name));
  const vhosts = (live?.vhosts ?? []).filter((vhost) => vhost !== '/');
  return [
    counted(live?.queues ?? 0, 'queues'),
    counted(live?.exchanges ?? 0, 'exchanges'),
    counted(vhosts.length, 'virtual hosts'),
    counted(users.length, 'users'),
    counted(live?.policies?.length ?? 0, 'policies'),
  ]
    .filter(Boolean)
    .join(', ');
}

function counted(count: number, what: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? what.slice(0, -1) : what}`;
}
