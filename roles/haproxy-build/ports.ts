import { PlayError, type RoleHost, type ValidateContext } from '../../lib/index.ts';
import type { HaproxyVars } from '../domain/haproxy/settings.ts';
import { frontAddresses } from './cluster.ts';

/** Addresses that stand for all of a host's. */
const ALL = ['*', '0.0.0.0', '::', ''];

/** Throws when two things would have one port. */
export function validatePorts(host: RoleHost<HaproxyVars>, context: Pick<ValidateContext, 'group'>): void {
  const { vars } = host;
  const ports = portsOf(vars);
  for (const [index, [name, port]] of ports.entries()) {
    const same = ports.slice(index + 1).find(([, other]) => other === port);
    if (same) throw mistake(`${name} and ${same[0]} are both ${port}`);
  }
  if (vars.haproxy_front_addresses.length > 0 && vars.haproxy_front_bind !== '*') {
    throw mistake('haproxy_front_bind and haproxy_front_addresses are both given: only one can be');
  }
  const isBroker = context.group(vars.haproxy_backend_group).some(({ name }) => name === host.name);
  if (isBroker) validateBeside(host, ports);
}

/** The port of the broker on the same host is free on addresses that are not the broker's. */
function validateBeside({ name, address, vars }: RoleHost<HaproxyVars>, ports: readonly Port[]): void {
  const taken = frontAddresses(vars).find((each) => ALL.includes(each) || each === address);
  const [clash] = ports.find(([of, port]) => FRONT.has(of) && port === vars.haproxy_backend_port) ?? [];
  if (taken === undefined || clash === undefined) return;
  const where = ALL.includes(taken) ? 'all addresses' : taken;
  throw mistake(
    `${name} is a broker itself, so that ${clash} can't be ${vars.haproxy_backend_port} on ${where}: its broker has that port`,
  );
}

type Port = readonly [name: string, port: number];

const FRONT: ReadonlySet<string> = new Set(['haproxy_front_port', 'haproxy_tls_port']);

function portsOf(vars: HaproxyVars): readonly Port[] {
  const all: readonly (readonly [string, number | undefined])[] = [
    ['haproxy_front_port', vars.haproxy_tls_only ? undefined : vars.haproxy_front_port],
    ['haproxy_tls_port', vars.haproxy_tls_port],
    ['haproxy_stats_port', vars.haproxy_stats_port],
    ['haproxy_health_port', vars.haproxy_health_port],
    ['haproxy_metrics_port', vars.haproxy_metrics_port],
  ];
  return all.flatMap(([name, port]) => (port === undefined ? [] : [[name, port] as const]));
}

function mistake(what: string): PlayError {
  return new PlayError({ kind: 'input', what });
}
