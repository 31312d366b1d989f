import { isRunning, knownMembers, type Snapshot } from '../facts/snapshot.ts';
import type { Founding } from './founding.ts';
import { judgeStandalone } from './standalone.ts';

/** At least one host. */
type Hosts = readonly [string, ...string[]];

/** Brokers that belong together, by their own words. */
export interface Cluster {
  /** The hosts that answered, the preferred first. */
  readonly hosts: Hosts;
  /** Node names of all members, also of those that nobody asked. */
  readonly members: readonly string[];
  readonly running: boolean;
  /** What there is to lose: other members, or the data of a cluster of one; `untold` where nobody can say. */
  readonly holds: 'members' | 'data' | 'untold' | 'nothing';
  /** The same in words. */
  readonly what: string;
}

/**
 * Sorts brokers into the clusters that they form.
 * @param nodes what the hosts answered, the preferred first
 */
export function clustersOf(nodes: ReadonlyMap<string, Snapshot>, founding: Founding): readonly Cluster[] {
  const groups: [string, ...string[]][] = [];
  const told = toldMembers(nodes, founding);
  const says = (host: string, other: string) => {
    const node = nodes.get(other)?.node;
    return node !== undefined && told.get(host)?.includes(node) === true;
  };
  for (const host of nodes.keys()) {
    const known = groups.find((hosts) => hosts.some((other) => says(host, other) && says(other, host)));
    if (known) known.push(host);
    else groups.push([host]);
  }
  return groups.map((hosts) => describe(hosts, nodes, told, founding));
}

/**
 * The cluster that the others join: the one of the host in `rabbit_seed` if that holds anything, else the largest, else
 * one with data, else one that may have some; among blank brokers the preferred host's.
 * @returns undefined when no node answered
 */
export function foundingCluster(clusters: readonly Cluster[], founding: Founding): Cluster | undefined {
  const named = favoured(clusters, founding);
  if (named) return named;
  let best: Cluster | undefined;
  for (const each of clusters) if (best === undefined || rank(each) > rank(best)) best = each;
  return best;
}

/** All clusters that hold something, when nothing decides which of them the others join; none when something does. */
export function undecided(clusters: readonly Cluster[], founding: Founding): readonly Cluster[] {
  if (favoured(clusters, founding)) return [];
  const rivals = clusters.filter(({ holds }) => holds === 'members' || holds === 'data');
  const weight = ({ holds, hosts }: Cluster) => (holds === 'members' ? hosts.length : 0);
  const most = Math.max(...rivals.map(weight));
  return rivals.filter((each) => weight(each) === most).length > 1 ? rivals : [];
}

function favoured(clusters: readonly Cluster[], { seed }: Founding): Cluster | undefined {
  return clusters.find(
    ({ hosts, holds }) => holds !== 'nothing' && seed !== undefined && hosts.includes(seed),
  );
}

function rank({ holds, hosts, running }: Cluster): number {
  if (holds === 'members') return (running ? 1000 : 1) * hosts.length;
  if (holds === 'data') return running ? 0.6 : 0.5;
  return holds === 'untold' ? 0.25 : 0;
}

/** By host, what its node counts to its cluster. A disk does not count against a node that runs without it. */
function toldMembers(
  nodes: ReadonlyMap<string, Snapshot>,
  { harmless }: Founding,
): ReadonlyMap<string, readonly string[]> {
  const runsWithout = (name: string, node: Snapshot) =>
    [...nodes].some(
      ([host, other]) =>
        other.node === name &&
        isRunning(other) &&
        !knownMembers(other).includes(node.node) &&
        (knownMembers(other).length > 1 || judgeStandalone(other, harmless(host)).standing === 'data'),
    );
  return new Map(
    [...nodes].map(([host, node]) => {
      const members = knownMembers(node);
      if (isRunning(node)) return [host, members];
      // With Khepri a disk may not say to whom its node belongs: then those that run do.
      if (members.length === 0 && node.disk.present) return [host, runningWith(node, nodes)];
      return [host, members.filter((name) => !runsWithout(name, node))];
    }),
  );
}

function runningWith({ node }: Snapshot, nodes: ReadonlyMap<string, Snapshot>): readonly string[] {
  const peers = [...nodes.values()].filter((peer) => isRunning(peer) && knownMembers(peer).includes(node));
  return peers.map((peer) => peer.node);
}

function describe(
  hosts: Hosts,
  nodes: ReadonlyMap<string, Snapshot>,
  told: ReadonlyMap<string, readonly string[]>,
  { givenUp, harmless }: Founding,
): Cluster {
  const runs = (host: string) => nodes.get(host)?.live?.running === true;
  const running = hosts.some(runs);
  // What a stopped node remembers may be out of date.
  const speaking = running ? hosts.filter(runs) : hosts;
  const named = speaking.flatMap((host) => {
    const node = nodes.get(host);
    return node === undefined ? [] : [node.node, ...(told.get(host) ?? [])];
  });
  const members = [...new Set(named)];
  const common = { hosts, members, running };
  if (members.length > 1) return { ...common, holds: 'members', what: `a cluster of ${members.length}` };
  const [host] = hosts;
  const node = nodes.get(host);
  if (node === undefined) return { ...common, holds: 'nothing', what: 'nothing' };
  const { standing, reason } = judgeStandalone(node, harmless(host));
  // What may be destroyed decides nothing, nor does a node that the others run without.
  const counts = !givenUp.includes(host) && knownMembers(node).length <= 1;
  const holds = counts && (standing === 'data' || standing === 'untold') ? standing : 'nothing';
  return { ...common, holds, what: reason };
}
