import type { Gate, GateContext, HostView } from '../../lib/index.ts';
import { brokersOf } from '../domain/rabbitmq/brokers.ts';
import { isRunning, type Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { classify } from '../domain/rabbitmq/rules/classify.ts';
import { clusterFaults } from '../domain/rabbitmq/rules/cluster-faults.ts';
import { clustersOf, foundingCluster, undecided } from '../domain/rabbitmq/rules/clusters.ts';
import { type Founding, foundingOf } from '../domain/rabbitmq/rules/founding.ts';
import { chooseFounder, founderView } from '../domain/rabbitmq/rules/founding-node.ts';
import { aboutRivals, remediesFor, rivalry } from './remedies.ts';

type Nodes = ReadonlyMap<string, Snapshot>;

/** No broker of this run would be refused: asked before anything is changed anywhere. */
export const canJoin: Gate = {
  name: 'all brokers can become one cluster',
  at: ['before'],
  async check(context) {
    const nodes = await look(context);
    return refusals(nodes, foundingOf(context.playHosts), namesOf(context.next));
  },
};

/** The cluster that is there is whole, but for what the run itself brings back. */
const whole: Gate = {
  name: 'the cluster is whole',
  at: ['before'],
  within: 10,
  check: (context) => settled(context, namesOf(context.next)),
};

/** The cluster is whole, and all members tell the same: what was changed through one of them has reached all. */
const wholeAfter: Gate = {
  ...whole,
  name: 'the cluster is whole, and all its members hold the same',
  at: ['after'],
  within: 60,
  check: (context) => settled(context, []),
};

/**
 * For a play on all brokers that makes them one cluster: before it, that no broker would be refused and that the
 * cluster there is whole; after it, that it is whole and that all members tell the same. Goes by the inventory's
 * variables and those of `-e`; where nothing was changed meanwhile, by what the roles have asked.
 */
export const oneCluster: readonly Gate[] = [canJoin, whole, wholeAfter];

/** Why brokers of this run would be refused, and what can be done, a sentence each. */
export function refusals(nodes: Nodes, founding: Founding, inRun: readonly string[]): readonly string[] {
  const clusters = clustersOf(nodes, founding);
  const rivals = undecided(clusters, founding);
  if (rivals.length > 0) {
    const { what, next } = aboutRivals(rivals);
    return [what, ...next];
  }
  const founders = foundingCluster(clusters, founding);
  const founder = chooseFounder(nodes, founding);
  if (founders === undefined || founder === undefined) return [];
  const { host: name, node: seed } = founder;
  const view = founderView(seed);
  const judged = inRun.flatMap((host) => {
    const node = nodes.get(host);
    if (node === undefined || host === name) return [];
    const { standing, reason } = classify(node, view, founding.harmless(host));
    // One that is stopped and counted as a member may be one: with Khepri its disk doesn't say so.
    const known = !isRunning(node) && (view.members?.includes(node.node) ?? false);
    const lost = (standing === 'data' && !known) || (standing === 'disowned' && node.disk.stored > 0);
    return [{ host, what: reason, standing, loses: lost && !founding.givenUp.includes(host) }];
  });
  const losers = judged.filter(({ loses }) => loses);
  const foreign = judged.filter(({ standing }) => standing === 'foreign');
  const away = founders.holds !== 'nothing' && !isRunning(seed) && !inRun.includes(name);
  return [
    ...(losers.length > 0 ? [rivalry([{ host: name, what: founders.what }, ...losers])] : []),
    ...(losers.length > 0
      ? remediesFor(
          [],
          losers.map(({ host }) => host),
        )
      : []),
    ...foreign.map(
      ({ host, what }) =>
        `${host} is a member of another cluster (${what}): take it out of the group; or, if it is to leave that cluster, which destroys what it alone holds, run there: rabbitmqctl stop_app && rabbitmqctl reset && rabbitmqctl start_app`,
    ),
    ...(away
      ? [
          `the others join ${name}, which does not run and is not part of this run: ts-play playbooks/start-cluster.ts -i INVENTORY starts it`,
        ]
      : []),
  ];
}

/** Answers that do not please are asked for anew: they may be from before the last change. */
async function settled(context: GateContext, repaired: readonly string[]): Promise<readonly string[]> {
  const reasons = reasonsAgainst(await look(context), context, repaired);
  if (reasons.length === 0) return reasons;
  return reasonsAgainst(await look(context, true), context, repaired);
}

function reasonsAgainst(nodes: Nodes, { playHosts }: GateContext, repaired: readonly string[]) {
  const founding = foundingOf(playHosts);
  const clusters = clustersOf(nodes, founding);
  const cluster = foundingCluster(clusters, founding);
  // Who is to be one cluster is the other gate's question.
  if (cluster === undefined || undecided(clusters, founding).length > 0) return [];
  const silent = namesOf(playHosts).filter((name) => !nodes.has(name));
  return clusterFaults({ nodes, cluster, silent, repaired });
}

function look(context: GateContext, fresh = false): Promise<Nodes> {
  return brokersOf(context, fresh);
}

function namesOf(hosts: readonly HostView[]): readonly string[] {
  return hosts.map(({ name }) => name);
}
