import type { HostView, RoleHost, Vars } from '../../../lib/index.ts';
import { secret } from '../../../lib/index.ts';
import { type HaproxyVars, haproxyVars } from '../../../roles/domain/haproxy/settings.ts';
import { knownHost } from '../../known-host.ts';

/** A role's defaults, as the engine fills them in. */
export function defaultsOf(properties: Readonly<Record<string, object>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, schema]) =>
      'default' in schema ? [[name, schema.default]] : [],
    ),
  );
}

/** A proxy's variables: defaults, the required ones, and what a case changes. */
export function haproxyWith(changed: Partial<HaproxyVars> = {}): HaproxyVars {
  return {
    ...(defaultsOf(haproxyVars.properties) as unknown as HaproxyVars),
    haproxy_source: 'https://192.0.2.1/haproxy.tar.gz',
    haproxy_sha256: 'a'.repeat(64),
    haproxy_stats_password: secret('long enough'),
    ...changed,
  };
}

export function known(
  name: string,
  address: string,
  groups: readonly string[] = ['all', 'brokers'],
  vars: Vars = {},
): HostView {
  return knownHost(name, { address, groups, vars });
}

export const brokers = [known('hadoop001', '192.0.2.11'), known('hadoop002', '192.0.2.12')];

export function proxy(host: HostView, changed: Partial<HaproxyVars> = {}): RoleHost<HaproxyVars> {
  return { ...host, vars: haproxyWith(changed) };
}
