import {
  defineFact,
  defineRole,
  type Gate,
  type GateContext,
  type HostView,
  type StepContext,
  service,
  sh,
} from '../../lib/index.ts';
import { answersFact } from '../domain/haproxy/answers.ts';
import { haproxySettings } from '../domain/haproxy/settings.ts';
import { virtualAddresses } from '../domain/keepalived/instances.ts';
import { awaitVips } from '../domain/keepalived/vip.ts';
import { refuseAmong } from '../support/leaving.ts';
import { type Vars, vars } from './vars.ts';

/** A proxy hands its virtual addresses over, and then stops. Played on the proxies that stay. */
export const proxyLeave = defineRole({
  name: 'proxy-leave',
  description: 'Has a proxy hand over its virtual addresses to those that stay, and stops it.',
  prefix: 'proxy_leave_',
  vars,
  validate(hosts, { playHosts }) {
    refuseAmong(
      playHosts,
      hosts.map(({ vars: own }) => own.proxy_leave_host),
    );
  },
  steps: [
    async (context) => {
      const host = await reachable(context);
      return () =>
        host === undefined
          ? []
          : [service({ name: 'keepalived', state: 'stopped', enabled: false }, { on: host, once: true })];
    },
    async (context) => {
      const vips = virtualAddresses(context.hosts);
      // Their clients go there from now on; HAProxy may only stop when nobody comes any more.
      if (!context.check) await awaitVips(context, vips);
      const host = await reachable(context);
      return () =>
        host === undefined
          ? []
          : [service({ name: 'haproxy', state: 'stopped', enabled: false }, { on: host, once: true })];
    },
  ],
});

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

/** The host that leaves, when it can be reached: one that is dead holds nothing. */
async function reachable({ hosts, query, warn }: StepContext<Vars>): Promise<string | undefined> {
  const host = hosts[0]?.vars.proxy_leave_host ?? '';
  const there = await query([{ name: host }], {
    name: 'whether it is there',
    script: sh`:`,
    parse: () => true,
  });
  if (there.has(host)) return host;
  warn(
    `${host} can't be reached: when it is back, stop keepalived and haproxy there before it takes an address`,
  );
  return undefined;
}
