import { type HostView, PlayError, type StepContext } from '../../lib/index.ts';
import type { HaproxyVars } from '../domain/haproxy/settings.ts';
import { askBroker, type Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { type Cluster, clustersOf, foundingCluster, undecided } from '../domain/rabbitmq/rules/clusters.ts';
import { foundingOf } from '../domain/rabbitmq/rules/founding.ts';
import { ordered, preferred } from '../domain/rabbitmq/rules/founding-node.ts';
import { matchUnreachable } from '../domain/rabbitmq/rules/unreachable-members.ts';

type Nodes = ReadonlyMap<string, Snapshot>;

/** Who of a group gets clients. */
export interface Backends {
  readonly hosts: readonly HostView[];
  /** What the user should know of the others, a sentence each. */
  readonly warnings: readonly string[];
}

/** The backends of each proxy. Groups that several proxies share are asked once. */
export async function backendsOf(
  context: StepContext<HaproxyVars>,
): Promise<(vars: HaproxyVars) => readonly HostView[]> {
  const asking = context.hosts.filter(({ vars }) => vars.haproxy_backend_hosts === 'members');
  const groups = [...new Set(asking.map(({ vars }) => vars.haproxy_backend_group))];
  const found = new Map(
    await Promise.all(
      groups.map(async (name): Promise<[string, readonly HostView[]]> => {
        const group = context.group(name);
        const { hosts, warnings } = membersOf(
          name,
          group,
          await context.query(group, askBroker),
          context.check,
        );
        for (const text of warnings) context.warn(text);
        return [name, hosts];
      }),
    ),
  );
  return (vars) => {
    const all = context.group(vars.haproxy_backend_group);
    return vars.haproxy_backend_hosts === 'members' ? (found.get(vars.haproxy_backend_group) ?? []) : all;
  };
}

/**
 * The hosts of a group that are members of its one cluster. A member that is stopped stays: HAProxy's own check takes it
 * out and brings it back without a change here. So does one that only ts-play can't reach.
 * @param check those that a run would have join count as well
 * @throws PlayError `failed` when there is no cluster, or when there are several
 */
export function membersOf(name: string, group: readonly HostView[], nodes: Nodes, check: boolean): Backends {
  const founding = foundingOf(group);
  const clusters = clustersOf(ordered(preferred(group), nodes), founding);
  const rivals = undecided(clusters, founding);
  if (rivals.length > 0) throw several(name, rivals);
  const cluster = foundingCluster(clusters, founding);
  if (cluster === undefined) throw none(name, 'none of its hosts answers');
  const exists = cluster.running || cluster.holds === 'members';
  if (!exists && !check) throw none(name, 'none of its brokers runs, and none is a member of one');
  const answered = new Set([...nodes.values()].map(({ node }) => node));
  const unclaimed = cluster.members.filter((node) => !answered.has(node));
  const silent = group.map((host) => host.name).filter((host) => !nodes.has(host));
  const members = new Set([...cluster.hosts, ...matchUnreachable(unclaimed, silent).members]);
  // What holds nothing of its own is what a run would have join.
  const joining = clusters
    .filter((each) => each !== cluster && (each.holds === 'nothing' || each.holds === 'untold'))
    .flatMap(({ hosts }) => hosts);
  const foreseen = check ? joining : [];
  const left = group.filter((host) => !members.has(host.name) && !foreseen.includes(host.name));
  const [seed] = cluster.hosts;
  return {
    hosts: group.filter((host) => members.has(host.name) || foreseen.includes(host.name)),
    warnings: [
      ...(foreseen.length > 0
        ? [
            `${foreseen.join(', ')}: backends only if the run makes them members of the cluster of ${seed}, which they are not yet`,
          ]
        : []),
      ...(left.length > 0
        ? [`no clients for ${left.map((host) => host.name).join(', ')}: no member of the cluster of ${seed}`]
        : []),
    ],
  };
}

function several(name: string, rivals: readonly Cluster[]): PlayError {
  const each = rivals.map(({ hosts, what }) => `${hosts.join(', ')} (${what})`);
  return new PlayError({
    kind: 'failed',
    what: `the hosts of the group ${name} are no one cluster: ${each.join('; ')}`,
    why: 'a client would find its queues at one connection and miss them at the next',
    next: 'ts-play playbooks/site.ts says what can be done; rabbit_seed: HOST names the cluster that gets the clients',
  });
}

function none(name: string, why: string): PlayError {
  return new PlayError({
    kind: 'failed',
    what: `there is no cluster in the group ${name} to send clients to`,
    why,
    next: 'start the brokers (ts-play playbooks/start-cluster.ts) or build the cluster (playbooks/site.ts) first; haproxy_backend_hosts: all takes every host of the group without a question',
  });
}
