import { defineHandoff, type HostView, type StepContext } from '../../../../lib/index.ts';
import { isRunning, knownMembers, type Snapshot } from '../facts/snapshot.ts';
import { joinSettings } from '../settings/join.ts';
import { clustersOf, foundingCluster } from './clusters.ts';
import { type Founding, foundingOf } from './founding.ts';

/** What the founding node knows of its cluster. */
export interface FounderView {
  readonly node: string;
  /** Node names of its cluster, itself included; undefined when it isn't running. */
  readonly members: readonly string[] | undefined;
}

/** The host whose cluster the others join, and what its broker is. */
export interface Founder {
  readonly host: string;
  readonly node: Snapshot;
}

/**
 * The host whose cluster the others join: one of the cluster that is chosen by {@link foundingCluster}, one that runs
 * if any does. So a host that lost its disk joins its cluster again, and a blank one never takes the place of one
 * with data.
 * @param nodes what the hosts answered, the preferred first
 * @returns undefined when no node answered
 */
export function chooseFounder(
  nodes: ReadonlyMap<string, Snapshot>,
  founding: Founding = foundingOf([]),
): Founder | undefined {
  const hosts = foundingCluster(clustersOf(nodes, founding), founding)?.hosts ?? [];
  const founders = hosts.flatMap((host) => {
    const node = nodes.get(host);
    return node === undefined ? [] : [{ host, node }];
  });
  return founders.find(({ node }) => isRunning(node)) ?? founders[0];
}

/**
 * The host that the others joined in a play. To the end of the play what belongs to the whole cluster is done through
 * it, so that a run does as check mode says.
 */
export const foundingHost = defineHandoff<string | undefined>({
  name: 'founding host',
  from: 'the role rabbit-join',
  scope: 'play',
});

/** The play's hosts as {@link preferred} has them, the one that the others joined in the play before all. */
export async function preferredHosts({
  playHosts,
  received,
}: Pick<StepContext<unknown>, 'playHosts' | 'received'>): Promise<readonly HostView[]> {
  return preferred(playHosts, await received(foundingHost, () => undefined));
}

/**
 * The hosts, the one that founds the cluster first: the seed that is named, else a disc node.
 * @param joined the host that the others have joined; it comes before all
 */
export function preferred(hosts: readonly HostView[], joined?: string): readonly HostView[] {
  const { seed } = foundingOf(hosts);
  const rank = (host: HostView) => {
    if (host.name === joined) return -1;
    return host.name === seed ? 0 : host.setting(joinSettings, 'rabbit_node_type') === 'ram' ? 2 : 1;
  };
  return [...hosts].sort((a, b) => rank(a) - rank(b));
}

/** What a node knows as the founding node. */
export function founderView({ node, live }: Snapshot): FounderView {
  return { node, members: live?.running ? (live.members ?? undefined) : undefined };
}

/**
 * The host through which what belongs to the cluster as a whole is asked and set: the founding host, else a running
 * member.
 * @param nodes what the hosts answered, the preferred first
 * @param among hosts that may be chosen
 */
export function actingHost(
  nodes: ReadonlyMap<string, Snapshot>,
  among: readonly string[],
  founding?: Founding,
): string | undefined {
  const founder = chooseFounder(nodes, founding);
  if (founder === undefined) return undefined;
  return [...among.filter((host) => host === founder.host), ...among].find((host) => {
    const node = nodes.get(host);
    return node !== undefined && isRunning(node) && knownMembers(node).includes(founder.node.node);
  });
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
