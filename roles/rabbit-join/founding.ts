import { type HostView, PlayError } from '../../lib/index.ts';
import { isRunning, knownMembers, type Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { clustersOf, foundingCluster, undecided } from '../domain/rabbitmq/rules/clusters.ts';
import type { Founding } from '../domain/rabbitmq/rules/founding.ts';
import { aboutRivals } from './remedies.ts';

/** Nodes that run or are about to: others can't be joined, unless there is nothing else. */
export function candidates(
  nodes: ReadonlyMap<string, Snapshot>,
  hosts: readonly { readonly name: string }[],
): ReadonlyMap<string, Snapshot> {
  const inPlay = new Set(hosts.map(({ name }) => name));
  const able = new Map([...nodes].filter(([name, node]) => isRunning(node) || inPlay.has(name)));
  return able.size > 0 ? able : nodes;
}

/** @throws Error when the cluster that the others would join holds something and none of it runs or is about to */
export function refuseWithoutFounder(
  answers: ReadonlyMap<string, Snapshot>,
  able: ReadonlyMap<string, Snapshot>,
  founding: Founding,
): void {
  const founders = foundingCluster(clustersOf(answers, founding), founding);
  const holds = founders?.holds === 'members' || founders?.holds === 'data';
  if (!holds || founders.hosts.some((host) => able.has(host))) return;
  throw new Error(
    `the others join ${founders.hosts.join(', ')} (${founders.what}), which does not run and is not part of this run: start it, then run this again`,
  );
}

/**
 * A new cluster without the host that should found it may become a second one beside the one that it is in: most
 * of the nodes must have been asked. The one left out joins when it is back.
 * @throws Error when too few answer
 */
export function refuseSecondCluster(
  seed: Snapshot,
  answers: ReadonlyMap<string, Snapshot>,
  wanted: readonly HostView[],
  warn: (text: string) => void,
): void {
  const [first] = wanted;
  if (first === undefined || answers.has(first.name) || knownMembers(seed).length > 1) return;
  if (answers.size * 2 <= wanted.length) {
    throw new Error(
      `${first.name}, which the others join, does not answer, and only ${answers.size} of ${wanted.length} nodes do, none of them in a cluster: a second cluster might be founded; bring ${first.name} up, or name another rabbit_seed`,
    );
  }
  warn(`${first.name} does not answer: the cluster begins with ${seed.node}`);
}

/** @throws PlayError `failed` when several brokers hold something and nothing says which one the others join */
export function refuseRivals(nodes: ReadonlyMap<string, Snapshot>, founding: Founding): void {
  const rivals = undecided(clustersOf(nodes, founding), founding);
  if (rivals.length === 0) return;
  const { what, next } = aboutRivals(rivals);
  throw new PlayError({ kind: 'failed', what, next: next.join('\n') });
}

/** @throws Error when two hosts' nodes have one name, as clones have */
export function refuseNamesakes(nodes: ReadonlyMap<string, Snapshot>): void {
  const hosts = new Map<string, string>();
  for (const [host, { node }] of nodes) {
    const other = hosts.get(node);
    if (other !== undefined) {
      throw new Error(`${other} and ${host} are both ${node}: give each machine a host name of its own`);
    }
    hosts.set(node, host);
  }
}

/** Check mode: says whose broker is judged by its disk alone. */
export function warnOfSilent(
  nodes: ReadonlyMap<string, Snapshot>,
  hosts: readonly { readonly name: string }[],
  warn: (text: string) => void,
): void {
  for (const { name } of hosts) {
    const node = nodes.get(name);
    if (node?.unit === 'active' && !node.live) {
      warn(`the broker of ${name} does not answer: what would change is told from its disk`);
    } else if (node && !isRunning(node) && node.disk.present && knownMembers(node).length <= 1) {
      warn(`the broker of ${name} is stopped: whether it holds data is only seen in the run itself`);
    }
  }
}
