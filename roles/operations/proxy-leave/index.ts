import {
  defineFact,
  defineOperation,
  type Gate,
  type GateContext,
  type HostView,
  type Layout,
  type NoVars,
  type StepContext,
  service,
  sh,
} from '../../../lib/index.ts';
import { answersFact } from '../../domain/haproxy/facts/answers.ts';
import { haproxySettings } from '../../domain/haproxy/settings.ts';
import { virtualAddresses } from '../../domain/keepalived/instances.ts';
import { awaitVips } from '../../domain/keepalived/vip.ts';
import { refuseAmong } from '../support/leaving.ts';
import { params } from './params.ts';

/** A proxy hands its virtual addresses over, and then stops. Played on the proxies that stay. */
export const proxyLeave = defineOperation({
  name: 'proxy-leave',
  description: 'Has a proxy hand over its virtual addresses to those that stay, and stops it.',
  params,
  validate: ({ host }, _hosts, { playHosts }) => refuseAmong(playHosts, host),
  steps: ({ host }) => [
    async (context) => stopped('keepalived', host, await isReachable(context, host)),
    async (context) => {
      // Clients use the other proxies from now on; HAProxy may only stop when it gets no new ones.
      if (!context.check) await awaitVips(context, virtualAddresses(context.hosts));
      return stopped('haproxy', host, await isReachable(context, host));
    },
  ],
});

/** One whose host is dead needs no task. */
function stopped(name: string, on: string, reachable: boolean): Layout<NoVars> {
  return () => (reachable ? [service({ name, state: 'stopped', enabled: false }, { on, once: true })] : []);
}

/** One of the proxies that stay can take the virtual addresses at once. */
export const anotherProxyIsReady: Gate = {
  name: 'another proxy is ready to take over',
  at: ['before'],
  async check(context) {
    const ready = await Promise.all(context.playHosts.map((host) => isReady(context, host)));
    return ready.some((reason) => reason === undefined) ? [] : ready.flatMap((reason) => reason ?? []);
  },
};

async function isReady(context: GateContext, host: HostView): Promise<string | undefined> {
  const port = host.setting(haproxySettings, 'haproxy_health_port');
  const asked = await context.query([host], {
    ...readiness,
    script: sh`systemctl is-active -q keepalived || { echo 'keepalived does not run'; exit 0; }
( ${answersFact(port).script} ) >/dev/null 2>&1 || echo 'HAProxy does not answer'`,
  });
  const said = asked.get(host.name) ?? "it can't be reached";
  return said === '' ? undefined : `${host.name}: ${said}`;
}

const readiness = defineFact<string>({
  name: 'whether it can take over',
  fresh: true,
  script: sh`:`,
  parse: ({ stdout }) => stdout,
});

/** Whether the host that leaves can be reached: one that is dead holds nothing. */
async function isReachable({ query, warn }: StepContext<NoVars>, host: string): Promise<boolean> {
  const answers = await query([{ name: host }], {
    name: 'whether it can be reached',
    script: sh`:`,
    parse: () => true,
  });
  if (answers.has(host)) return true;
  warn(
    `${host} can't be reached: when it is back, stop keepalived and haproxy there before it takes an address`,
  );
  return false;
}
