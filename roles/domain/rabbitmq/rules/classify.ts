import { isRunning, knownMembers, type Snapshot } from '../facts/snapshot.ts';
import type { FounderView } from './founding-node.ts';
import { judgeStandalone, type StandaloneState } from './standalone.ts';

/**
 * What a node is to the cluster that it is to join:
 * `blank` has never been started; `empty` is a cluster of one with nothing in it; `data` is one with something in it;
 * `untold` is one that doesn't run, so that it can't be told; `member` belongs to the cluster and runs in it;
 * `half-joined` belongs and is not running; `disowned` thinks it belongs, and the others disagree;
 * `foreign` belongs to another cluster.
 */
export type Standing = StandaloneState | 'member' | 'half-joined' | 'disowned' | 'foreign';

export interface Classified {
  readonly standing: Standing;
  /** Why, in a few words for people. */
  readonly reason: string;
}

/**
 * Judges a node by what it says live and by what lies on its disk.
 * @param harmless users that the cluster would have anyway, which are no data
 */
export function classify(node: Snapshot, seed: FounderView, harmless: readonly string[]): Classified {
  const others = knownMembers(node).filter((member) => member !== node.node);
  return others.length > 0 ? classifyMember(node, others, seed) : judgeStandalone(node, harmless);
}

/**
 * Whether a node can only be started when the others run: a ram node has its cluster from a disc node, and one that
 * the others have forgotten has to join again. All others are started together, since they wait for each other.
 */
export function startsLast(node: Snapshot, seed: FounderView): boolean {
  const { standing } = classify(node, seed, []);
  const ram = node.disk.disc.length > 0 && !node.disk.disc.includes(node.node);
  return standing === 'disowned' || (standing === 'half-joined' && ram);
}

function classifyMember(node: Snapshot, others: readonly string[], seed: FounderView): Classified {
  const isSeed = node.node === seed.node;
  const ours = [seed.node, ...(seed.members ?? [])];
  if (!isSeed && !others.some((other) => ours.includes(other))) {
    return { standing: 'foreign', reason: `a cluster with ${others.join(', ')}` };
  }
  const member: Classified = { standing: 'member', reason: `with ${others.join(', ')}` };
  // A node that sees the seed run is in; what the seed said may be older than that.
  if (isRunning(node) && (isSeed || node.live?.up?.includes(seed.node))) return member;
  if (!isSeed && !(seed.members ?? [node.node]).includes(node.node)) {
    return { standing: 'disowned', reason: `it counts itself to ${seed.node}'s cluster, which disagrees` };
  }
  return isRunning(node) ? member : { standing: 'half-joined', reason: 'a member that is not running' };
}
