import { isRunning, type Live, type Snapshot } from '../facts/snapshot.ts';
import { BROKER_SERVICE } from '../scripts/commands.ts';
import type { Cluster } from './clusters.ts';
import { divergence } from './divergence.ts';
import { sidesOf } from './partition.ts';
import { matchUnreachable } from './unreachable-members.ts';

export interface ObservedCluster {
  /** What the hosts answered, by host. */
  readonly nodes: ReadonlyMap<string, Snapshot>;
  /** The one cluster. */
  readonly cluster: Cluster;
  /** Hosts of the play that did not answer: they are reported as unreachable. */
  readonly silent: readonly string[];
  /** Hosts whose stopped or forgotten broker this run is about to bring back. */
  readonly repaired: readonly string[];
}

/**
 * Why a cluster is not whole, a sentence each, with the node and the command that mends it: network partitions, members
 * that are stopped or that their peers do not see, members that tell different things of what belongs to all. A member
 * whose host is silent is left out.
 */
export function clusterFaults(observed: ObservedCluster): readonly string[] {
  const { nodes, cluster } = observed;
  const views = viewsOf(observed);
  const hosts = new Map([...nodes].map(([host, { node }]) => [node, host]));
  const unclaimed = cluster.members.filter((node) => !hosts.has(node));
  const { strangers } = matchUnreachable(unclaimed, observed.silent);
  const partitions = partitionReasons(views, hosts);
  const members = views.length === 0 ? [] : cluster.members;
  const missing = members.flatMap((node) => {
    const host = hosts.get(node);
    const blind = views.filter((view) => view.node !== node && !view.up?.includes(node));
    if (host !== undefined) return memberReason(node, host, blind, observed);
    return strangers.includes(node) && blind.length > 0 ? [stranger(node)] : [];
  });
  const different = [...divergence(views)].map(
    ([node, what]) =>
      `${node} has something else than the other members: ${what}. ${restart([node], hosts)}, so that it takes over what the others have`,
  );
  // Who was cut off is missing to others and differs from them for that reason.
  return partitions.length > 0 ? partitions : [...missing, ...different];
}

/** What the members that run say. */
function viewsOf({ nodes, cluster }: ObservedCluster): readonly Live[] {
  return cluster.hosts.flatMap((host) => {
    const node = nodes.get(host);
    return node?.live && isRunning(node) ? [node.live] : [];
  });
}

function partitionReasons(views: readonly Live[], hosts: ReadonlyMap<string, string>): readonly string[] {
  const [trusted = [], ...others] = sidesOf(views);
  const cut = others.flat();
  if (cut.length === 0) return [];
  const equal = others[0]?.length === trusted.length;
  const other = equal
    ? ` (the sides are equal: if you trust ${cut.join(', ')} more, do that on the others instead)`
    : '';
  return [
    `a network partition: ${cut.join(', ')} and ${trusted.join(', ')} were cut off from each other, and each side may have gone on alone. ${restart(cut, hosts)}: what was changed on that side meanwhile is dropped${other}`,
  ];
}

/** @param blind running members that do not see it */
function memberReason(
  node: string,
  host: string,
  blind: readonly Live[],
  { nodes, cluster, repaired }: ObservedCluster,
): readonly string[] {
  const own = nodes.get(host);
  const runs = own !== undefined && isRunning(own);
  if (runs && cluster.hosts.includes(host)) {
    if (blind.length === 0) return [];
    const who = blind.map((view) => view.node).join(', ');
    return [
      `${node} runs, but ${who} can't see it: let the ports 4369 and 25672 pass between their hosts. ${restart([node], new Map([[node, host]]))}`,
    ];
  }
  if (repaired.includes(host)) return [];
  return [
    runs
      ? `${node} counts as a member, but does not count itself: ts-play playbooks/site.ts -i INVENTORY has it join again`
      : `${node} is a member and does not run: ts-play playbooks/start-cluster.ts -i INVENTORY starts it`,
  ];
}

function stranger(node: string): string {
  return `${node} is a member, is down, and no host of the inventory is it: if it is lost for good: ts-play playbooks/forget-node.ts -i INVENTORY --node ${node}`;
}

function restart(nodes: readonly string[], hosts: ReadonlyMap<string, string>): string {
  const where = nodes.map((node) => hosts.get(node) ?? node).join(', ');
  return `Run as root on ${where}: systemctl restart ${BROKER_SERVICE}`;
}
