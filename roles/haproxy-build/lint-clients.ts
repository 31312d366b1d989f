import type { Finding, LintContext, LintUse } from '../../lib/index.ts';
import type { HaproxyVars } from '../domain/haproxy/settings.ts';
import { virtualAddresses } from '../domain/keepalived/instances.ts';
import { keepalivedSettings } from '../domain/keepalived/settings.ts';
import { type ClientTarget, clientTargets } from '../domain/rabbitmq/settings/client-targets.ts';

interface Front {
  readonly ports: readonly number[];
  readonly brokerPorts: readonly number[];
  /** Names and addresses of the proxies. */
  readonly proxies: ReadonlySet<string>;
  readonly vips: ReadonlySet<string>;
  readonly brokers: ReadonlySet<string>;
}

/** Judges whether clients, as far as the inventory speaks of them, reach the brokers through a proxy. */
export function lintClients(uses: readonly LintUse<HaproxyVars>[], context: LintContext): readonly Finding[] {
  const front = frontOf(uses, context);
  return clientTargets(context.group('all')).flatMap((target) => {
    const fault = judge(target, front);
    return fault ? [{ ...context.at(target.host, target.variable), ...fault }] : [];
  });
}

function frontOf(uses: readonly LintUse<HaproxyVars>[], context: LintContext): Front {
  const hosts = uses.flatMap((use) => use.hosts);
  const backends = hosts.flatMap(({ vars }) => context.group(vars.haproxy_backend_group));
  const virtual = virtualAddresses(context.uses(keepalivedSettings.name).flatMap((use) => use.hosts));
  const called = (all: readonly { readonly name: string; readonly address: string }[]) =>
    new Set(all.flatMap(({ name, address }) => [name, address]));
  return {
    ports: [...new Set(hosts.flatMap(({ vars }) => frontPorts(vars)))].sort((a, b) => a - b),
    brokerPorts: hosts.map(({ vars }) => vars.haproxy_backend_port),
    proxies: called(hosts),
    vips: new Set(virtual),
    brokers: called(backends),
  };
}

/** Every port that clients may come in by, plain or TLS. */
function frontPorts(vars: HaproxyVars): readonly number[] {
  return Object.entries(vars).flatMap(([name, value]) =>
    /^haproxy_(front|tls)_(.*_)?port$/.test(name) && typeof value === 'number' ? [value] : [],
  );
}

type Fault = Pick<Finding, 'severity' | 'rule' | 'what' | 'why' | 'next'>;

function judge({ address, port }: ClientTarget, front: Front): Fault | undefined {
  const { ports, brokerPorts, proxies, vips, brokers } = front;
  const offered = ports.includes(port);
  const isProxy = address === undefined || vips.has(address) || proxies.has(address);
  if (address !== undefined && brokers.has(address) && !(isProxy && offered)) {
    return {
      severity: 'warning',
      rule: 'client-past-proxy',
      what: `clients connect to the broker ${address}:${port} itself`,
      why: 'when that broker is lost they have nowhere to go, whatever the proxies and the VIP do',
      next: `connect to ${[...vips][0] ?? 'a proxy'}:${ports[0]}`,
    };
  }
  if (!isProxy) return undefined;
  if (!offered) {
    const at = address === undefined ? '' : ` of ${address}`;
    return {
      severity: 'error',
      rule: 'client-port-not-offered',
      what: `clients use port ${port}${at}, and no proxy offers it`,
      why: brokerPorts.includes(port)
        ? `it is the brokers' own port: where a proxy is a broker too they reach that one broker, past HAProxy, and elsewhere nobody; the proxies offer ${ports.join(', ')}`
        : `nobody listens there: the proxies offer ${ports.join(', ')}`,
      next: `port ${ports[0]} for the clients, or haproxy_front_port: ${port}`,
    };
  }
  if (address === undefined || vips.size === 0 || vips.has(address)) return undefined;
  return {
    severity: 'hint',
    rule: 'client-past-vip',
    what: `clients connect to the proxy ${address}:${port} by its own address`,
    why: 'the VIP moves when that proxy is lost; these clients don’t',
    next: `connect to ${[...vips][0]}:${port}`,
  };
}
