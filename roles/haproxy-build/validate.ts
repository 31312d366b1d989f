import { PlayError, type RoleHost, type ValidateContext } from '../../lib/index.ts';
import { validateSource } from '../domain/build/source.ts';
import { serverName } from '../domain/haproxy/names.ts';
import type { HaproxyVars } from '../domain/haproxy/settings.ts';
import { configSettings } from '../domain/rabbitmq/settings/config.ts';
import { certificateOf } from './certificate.ts';
import { validatePorts } from './ports.ts';
import { HAPROXY_SOURCE, haproxyOrigin } from './recipe.ts';

type Context = Pick<ValidateContext, 'group' | 'designOnly'>;

/** Throws what is wrong with the variables and can be seen before any host is contacted. */
export function validateHaproxy(hosts: readonly RoleHost<HaproxyVars>[], context: Context): void {
  for (const host of hosts) {
    const { vars } = host;
    validateInstall(vars, context);
    validateBackends(host, context);
    validateProxyProtocol(vars, context);
    validateCheck(vars);
    certificateOf(vars, context);
    validatePorts(host, context);
  }
}

function validateInstall(vars: HaproxyVars, context: Context): void {
  const { haproxy_flags: flags, haproxy_version: version, haproxy_use_installed: installed } = vars;
  if (vars.haproxy_install === 'package' && installed !== undefined) {
    throw mistake('haproxy_use_installed names a build, and haproxy_install is package: only one can be');
  }
  // What a package or an earlier build was made with is not known here.
  if (vars.haproxy_install === 'package' || installed !== undefined) return;
  validateSource(vars.haproxy_source, vars.haproxy_sha256, HAPROXY_SOURCE, context);
  haproxyOrigin(vars);
  // Since 3.0 HAProxy talks to systemd without its library.
  const major = Number.parseInt(version, 10);
  if (major < 3 && !flags.includes('USE_SYSTEMD=1')) {
    throw mistake(
      `haproxy_flags lacks USE_SYSTEMD=1, without which HAProxy ${version} can't tell systemd that it is ready`,
    );
  }
  const needed = { haproxy_tls_port: 'USE_OPENSSL=1', haproxy_metrics_port: 'USE_PROMEX=1' } as const;
  for (const [name, flag] of Object.entries(needed)) {
    if (vars[name as keyof typeof needed] !== undefined && !flags.includes(flag)) {
      throw mistake(`${name} needs ${flag} among haproxy_flags`);
    }
  }
}

function validateBackends({ vars }: RoleHost<HaproxyVars>, context: Context): void {
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

function hint(wanted: string, context: Context): string {
  const groups = new Set(context.group('all').flatMap(({ groups: of }) => of));
  groups.delete('all');
  groups.delete('ungrouped');
  return groups.has(wanted) || groups.size === 0 ? '' : `; its groups are: ${[...groups].join(', ')}`;
}

/** A side that speaks the PROXY protocol to one that doesn't is not understood, either way round. */
function validateProxyProtocol(vars: HaproxyVars, context: Context): void {
  const { haproxy_proxy_protocol: sends } = vars;
  for (const host of context.group(vars.haproxy_backend_group)) {
    const expects = host.setting(configSettings, 'rabbit_config_proxy_protocol');
    if (expects === sends) continue;
    throw new PlayError({
      kind: 'input',
      what: `haproxy_proxy_protocol is ${sends}, and rabbit_config_proxy_protocol of ${host.name} is ${expects}`,
      why: sends
        ? "the broker would take HAProxy's first bytes for a client's mistake and close every connection"
        : 'the broker would wait for bytes that HAProxy never sends, and close every connection',
      next: `set both to the same for all of group ${vars.haproxy_backend_group}`,
    });
  }
}

function validateCheck(vars: HaproxyVars): void {
  const { haproxy_check_user: user, haproxy_check_password: password, haproxy_check_uri: uri } = vars;
  if ((user === undefined) !== (password === undefined)) {
    throw mistake('haproxy_check_user and haproxy_check_password go together');
  }
  if (vars.haproxy_check !== 'management' || user !== undefined) return;
  if (uri === undefined || uri.startsWith('/api/')) {
    throw mistake(
      'haproxy_check is management, whose API answers nobody without haproxy_check_user and haproxy_check_password',
    );
  }
}

function mistake(what: string): PlayError {
  return new PlayError({ kind: 'input', what });
}
