import { defineRole, type KnownHost, type StepContext, secret } from '../../lib/index.ts';
import { virtualAddresses } from '../keepalived-build/instances.ts';
import { healthOf } from '../support/rabbitmq/gates.ts';
import { ordered } from '../support/rabbitmq/seed.ts';
import { askBroker } from '../support/rabbitmq/snapshot.ts';
import { askBrokerHost, askProxy, type ProxyHost } from './questions.ts';
import { renderStatus } from './render.ts';
import { statusOf } from './status.ts';
import { vars } from './vars.ts';

/** The cluster, its proxies and its addresses on one screen. Changes nothing. */
export const rabbitStatus = defineRole({
  name: 'rabbit-status',
  description: 'The cluster on one screen: nodes, alarms, queues, proxies, addresses.',
  prefix: 'status_',
  vars,
  steps: [
    async (context) => {
      const proxies = context.group(context.hosts[0]?.vars.status_proxies ?? 'proxies');
      const [health, snapshots, fronts] = await Promise.all([
        healthOf(context),
        context.query(context.playHosts, askBroker),
        askProxies(context, proxies),
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
        vips: [...new Set(proxies.flatMap(({ inventoryVars }) => virtualAddresses(inventoryVars)))],
      });
      context.report({ title: 'STATUS', text: renderStatus(status), data: status });
      return () => [];
    },
  ],
});

async function askProxies<V>(
  context: StepContext<V>,
  proxies: readonly KnownHost[],
): Promise<ReadonlyMap<string, ProxyHost>> {
  const answers = await Promise.all(
    proxies.map(async (proxy) => {
      const own = proxy.inventoryVars;
      const page = {
        port: Number(own.haproxy_stats_port ?? 8100),
        uri: String(own.haproxy_stats_uri ?? '/stats'),
        login: secret(
          `${String(own.haproxy_stats_user ?? 'admin')}:${String(own.haproxy_stats_password ?? '')}`,
        ),
      };
      return [...(await context.query([proxy], askProxy(page)))];
    }),
  );
  return new Map(answers.flat());
}
