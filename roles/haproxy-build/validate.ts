import { PlayError, type RoleHost, type StepContext } from '../../lib/index.ts';
import { validateSource } from '../support/build/source.ts';
import { serverName } from './config.ts';
import type { HaproxyVars } from './vars.ts';

/** Throws what is wrong with the variables and can be seen before any host is contacted. */
export function validateHaproxy(
  hosts: readonly RoleHost<HaproxyVars>[],
  context: Pick<StepContext<unknown>, 'group'>,
): void {
  for (const host of hosts) {
    const { vars } = host;
    validateSource(vars.haproxy_source, vars.haproxy_sha256, {
      source: 'haproxy_source',
      sha256: 'haproxy_sha256',
    });
    validateFlags(vars);
    validateBackends(host, context);
    validatePorts(host, context);
  }
}

function validateFlags({ haproxy_flags: flags, haproxy_version: version }: HaproxyVars): void {
  // Since 3.0 HAProxy talks to systemd without its library.
  const major = Number.parseInt(version, 10);
  if (major < 3 && !flags.includes('USE_SYSTEMD=1')) {
    throw mistake(
      `haproxy_flags lacks USE_SYSTEMD=1, without which HAProxy ${version} can't tell systemd that it is ready`,
    );
  }
}

function validateBackends(
  { vars }: RoleHost<HaproxyVars>,
  context: Pick<StepContext<unknown>, 'group'>,
): void {
  const group = vars.haproxy_backend_group;
  const backends = context.group(group);
  if (backends.length === 0) {
    throw mistake(
      `haproxy_backend_group is "${group}", and the inventory has no hosts in a group of that name${hint(group, context)}`,
    );
  }
  const names = backends.map(({ name }) => serverName(name));
  const double = names.find((name, index) => names.indexOf(name) !== index);
  if (double !== undefined) {
    throw mistake(`two hosts of group "${group}" would both be called ${double} in HAProxy`);
  }
}

function hint(wanted: string, context: Pick<StepContext<unknown>, 'group'>): string {
  const groups = new Set(context.group('all').flatMap(({ groups: of }) => of));
  groups.delete('all');
  groups.delete('ungrouped');
  return groups.has(wanted) || groups.size === 0 ? '' : `; its groups are: ${[...groups].join(', ')}`;
}

function validatePorts(host: RoleHost<HaproxyVars>, context: Pick<StepContext<unknown>, 'group'>): void {
  const { vars } = host;
  const ports = [
    ['haproxy_front_port', vars.haproxy_front_port],
    ['haproxy_stats_port', vars.haproxy_stats_port],
    ['haproxy_health_port', vars.haproxy_health_port],
  ] as const;
  for (const [index, [name, port]] of ports.entries()) {
    const same = ports.slice(index + 1).find(([, other]) => other === port);
    if (same) throw mistake(`${name} and ${same[0]} are both ${port}`);
  }
  const isBroker = context.group(vars.haproxy_backend_group).some(({ name }) => name === host.name);
  if (isBroker && vars.haproxy_front_bind === '*' && vars.haproxy_front_port === vars.haproxy_backend_port) {
    throw mistake(
      `${host.name} is a broker itself, so that haproxy_front_port can't be ${vars.haproxy_front_port} on all addresses: its broker has that port`,
    );
  }
}

function mistake(what: string): PlayError {
  return new PlayError({ kind: 'input', what });
}
