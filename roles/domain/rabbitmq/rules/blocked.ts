import type { Evidence } from '../facts/evidence.ts';

/** Why a cluster can't start with the nodes that are there. */
export interface Blocked {
  /** Nodes that the others wait for, or that are missing to a majority. */
  readonly lost: readonly string[];
  /** The host from which the cluster could be brought back without them: of those there, the one that stopped last. */
  readonly host: string;
  readonly node: string;
  readonly store: Evidence['store'];
}

/**
 * Judges by the disks whether the nodes that are there can start. With Mnesia a node waits for those that ran when it
 * stopped, so one of the disc nodes must have stopped after all that are missing; with Khepri a majority must be there.
 * @param disks by host, in the play's order
 */
export function blockedBy(disks: ReadonlyMap<string, Evidence>): Blocked | undefined {
  const present = [...disks.values()].map(({ node }) => node);
  const clustered = [...disks].filter(([, { members }]) => members.length > 0);
  const missing = membersOf(disks).filter((node) => !present.includes(node));
  if (missing.length === 0 || clustered.length === 0) return undefined;
  const [host, last] = lastStopped(clustered);
  if (last.store === 'khepri') {
    const there = membersOf(disks).length - missing.length;
    if (there > membersOf(disks).length / 2) return undefined;
    return { lost: missing, host, node: last.node, store: 'khepri' };
  }
  if (clustered.some(([, { running, forced }]) => running || forced)) return undefined;
  const lost = last.lastSeen.filter((node) => missing.includes(node));
  return lost.length === 0 ? undefined : { lost, host, node: last.node, store: 'mnesia' };
}

/** All nodes that any of the disks counts to the cluster. */
export function membersOf(disks: ReadonlyMap<string, Evidence>): readonly string[] {
  return [...new Set([...disks.values()].flatMap(({ members }) => members))];
}

/** Whether a node has the cluster from others: it is started when a disc node runs. */
export function isRam({ node, members, disc }: Evidence): boolean {
  return members.length > 1 && disc.length > 0 && !disc.includes(node);
}

/** The disc node that saw the fewest others when it stopped; the first among equals. */
export function lastStopped(disks: readonly (readonly [string, Evidence])[]): readonly [string, Evidence] {
  const disc = disks.filter(([, each]) => !isRam(each));
  const [first, ...others] = disc.length > 0 ? disc : disks;
  if (first === undefined) throw new RangeError('no disks');
  return others.reduce(
    (best, each) => (each[1].lastSeen.length < best[1].lastSeen.length ? each : best),
    first,
  );
}
