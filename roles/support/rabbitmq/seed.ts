import type { KnownHost } from '../../../lib/index.ts';
import { isRunning, type Snapshot } from './snapshot.ts';

/** What the seed of the cluster knows. */
export interface SeedView {
  readonly node: string;
  /** Node names of its cluster, itself included; undefined when it isn't running. */
  readonly members: readonly string[] | undefined;
}

/**
 * The host whose cluster the others join: one of the largest cluster there is, the first among equals, so that a
 * seed that lost its disk joins its cluster again instead of founding a second one.
 * @param nodes what the hosts answered, the preferred first
 * @returns undefined when no node answered
 */
export function chooseSeed(nodes: ReadonlyMap<string, Snapshot>): string | undefined {
  const names = new Set([...nodes.values()].map(({ node }) => node));
  const rank = (snapshot: Snapshot) => {
    const size = knownMembers(snapshot).filter((member) => names.has(member)).length;
    return size > 1 ? (isRunning(snapshot) ? 1000 : 1) * size : 0;
  };
  let best: readonly [string, Snapshot] | undefined;
  for (const entry of nodes) if (best === undefined || rank(entry[1]) > rank(best[1])) best = entry;
  return best?.[0];
}

/** What a host's variables say of its place in the cluster. */
export interface Place {
  readonly rabbit_seed?: unknown;
  readonly rabbit_node_type?: unknown;
}

/**
 * The hosts, the one that founds the cluster first: the seed that is named, else a disc node.
 * @param own variables of hosts where more is known than the inventory says
 */
export function preferred(
  hosts: readonly KnownHost[],
  own: ReadonlyMap<string, Place> = new Map(),
): readonly KnownHost[] {
  const place = ({ name, inventoryVars }: KnownHost): Place => own.get(name) ?? inventoryVars;
  const seed = hosts.map(place).find(({ rabbit_seed: named }) => named !== undefined)?.rabbit_seed;
  const rank = (host: KnownHost) => (host.name === seed ? 0 : place(host).rabbit_node_type === 'ram' ? 2 : 1);
  return [...hosts].sort((a, b) => rank(a) - rank(b));
}

/** What a node knows as the seed. */
export function seedView(seed: Snapshot): SeedView {
  return { node: seed.node, members: seed.live?.running ? (seed.live.members ?? undefined) : undefined };
}

/**
 * The host through which what belongs to the cluster as a whole is asked and set: the seed, else a running member.
 * @param nodes what the hosts answered, the preferred first
 * @param among hosts that may be chosen
 */
export function spokesman(
  nodes: ReadonlyMap<string, Snapshot>,
  among: readonly string[],
): string | undefined {
  const seed = chooseSeed(nodes) ?? '';
  return [...among.filter((host) => host === seed), ...among].find((host) => {
    const node = nodes.get(host);
    return node !== undefined && isRunning(node) && knownMembers(node).includes(nodes.get(seed)?.node ?? '');
  });
}

/** All nodes that a node counts to its cluster, itself included, by its own word or by its disk. */
export function knownMembers({ live, disk }: Snapshot): readonly string[] {
  return live?.members ?? disk.members;
}

/** Answers in the order of the hosts, which decides where nothing else does. */
export function ordered<T>(
  hosts: readonly { readonly name: string }[],
  answers: ReadonlyMap<string, T>,
): ReadonlyMap<string, T> {
  return new Map(
    hosts.flatMap(({ name }) => {
      const answer = answers.get(name);
      return answer === undefined ? [] : [[name, answer] as const];
    }),
  );
}
