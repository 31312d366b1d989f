import { type HostView, type RoleHost, secret, type Vars } from '../../../lib/index.ts';
import { type KeepalivedVars, keepalivedVars } from '../../../roles/domain/keepalived/settings.ts';
import { knownHost } from '../../known-host.ts';
import { defaultsOf, known } from '../haproxy-build/hosts.ts';

/** A host's variables: defaults, the required ones, and what a case changes. */
export function keepalivedWith(changed: Partial<KeepalivedVars> = {}): KeepalivedVars {
  return {
    ...(defaultsOf(keepalivedVars.properties) as unknown as KeepalivedVars),
    keepalived_source: 'https://192.0.2.1/keepalived.tar.gz',
    keepalived_sha256: 'a'.repeat(64),
    keepalived_vips: ['192.0.2.200/24'],
    keepalived_auth_pass: secret('s3cretpw'),
    ...changed,
  };
}

export const proxies: readonly [HostView, HostView] = [
  known('hadoop001', '192.0.2.11'),
  known('hadoop002', '192.0.2.12'),
];

export function holder(host: HostView, changed: Partial<KeepalivedVars> = {}): RoleHost<KeepalivedVars> {
  const { keepalived_auth_pass: _, ...vars } = changed;
  return {
    ...knownHost(host.name, { address: host.address, groups: host.groups, vars: vars as Vars }),
    vars: keepalivedWith(changed),
  };
}
