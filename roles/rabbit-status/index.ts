import { check, defineRole, sh, type Task } from '../../lib/index.ts';
import { askStatsPages, statsPageUrl } from '../domain/haproxy/facts/stats.ts';
import { virtualAddresses } from '../domain/keepalived/instances.ts';
import { askBroker, isRunning, type Live, type Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { healthOf } from '../domain/rabbitmq/gates/cluster.ts';
import { clustersOf, foundingCluster } from '../domain/rabbitmq/rules/clusters.ts';
import { foundingOf } from '../domain/rabbitmq/rules/founding.ts';
import { ordered } from '../domain/rabbitmq/rules/founding-node.ts';
import { askBrokerHost } from './questions.ts';
import { renderStatus } from './render.ts';
import { type Status, statusOf } from './status.ts';
import { vars } from './vars.ts';

/** The cluster, its proxies and its addresses on one screen. Changes nothing. */
export const rabbitStatus = defineRole({
  name: 'rabbit-status',
  description: 'The cluster on one screen: nodes, alarms, queues, proxies, addresses.',
  prefix: 'rabbit_status_',
  vars,
  steps: [
    async (context) => {
      const proxies = context.group(context.hosts[0]?.vars.rabbit_status_proxies ?? 'proxies');
      const [health, snapshots, fronts] = await Promise.all([
        healthOf(context),
        context.query(context.playHosts, askBroker),
        askStatsPages(context, proxies),
      ]);
      const certificate = [...health.values()].find((view) => view.certificate !== null)?.certificate ?? null;
      const hosts = await context.query(context.playHosts, askBrokerHost(certificate));
      const status = statusOf({
        brokers: context.playHosts.map(({ name }) => name),
        proxies: proxies.map(({ name }) => name),
        health: ordered(context.playHosts, health),
        hosts,
        fronts,
        policies: [...snapshots.values()].find(({ live }) => live?.policies)?.live?.policies ?? [],
        live: membersOf(ordered(context.playHosts, snapshots)),
        pages: new Map(proxies.map((proxy) => [proxy.name, statsPageUrl(proxy)])),
        vips: virtualAddresses(proxies),
      });
      context.report({ title: 'STATUS', text: renderStatus(status), data: status });
      const [first] = context.hosts;
      return ({ name }) => (name === first?.name ? [isWell(status)] : []);
    },
  ],
});

/** Fails where something is wrong, so that a program learns it from the exit code. */
function isWell({ wrong }: Status): Task {
  return check({
    that: 'the cluster is well',
    // All that it takes has been asked already.
    probe: sh`:`,
    holds: () => wrong.length === 0 || wrong.join('\n'),
    next: 'ts-play playbooks/site.ts mends what it can, and says what it can not',
  });
}

/** What the members of the first cluster tell: brokers of their own have other things. */
function membersOf(nodes: ReadonlyMap<string, Snapshot>): readonly Live[] {
  const founding = foundingOf([]);
  const hosts = foundingCluster(clustersOf(nodes, founding), founding)?.hosts ?? [];
  return hosts.flatMap((host) => {
    const node = nodes.get(host);
    return node?.live && isRunning(node) ? [node.live] : [];
  });
}
