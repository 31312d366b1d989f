import { isIPv4 } from 'node:net';
import type { Finding, LintContext, LintUse, RoleHost } from '../../lib/index.ts';
import { haproxySettings } from '../domain/haproxy/settings.ts';
import { sharesNetwork } from '../domain/keepalived/addresses.ts';
import { instancesOf, instancesOn, MAIN } from '../domain/keepalived/instances.ts';
import type { KeepalivedVars } from '../domain/keepalived/settings.ts';
import { keepalivedAuth, keepalivedConfig } from './config.ts';
import { priorities } from './priority.ts';
import { checkPort } from './tasks.ts';
import { judgeVrrp } from './vrrp/judge.ts';
import { readSite, type Site } from './vrrp/model.ts';
import { parseKeepalived, type Statement } from './vrrp/parse.ts';

type Use = LintUse<KeepalivedVars>;

/** Which variable a keyword of the configuration comes from. */
const VARIABLES: Readonly<Record<string, string>> = {
  priority: 'keepalived_priority',
  state: 'keepalived_state',
  nopreempt: 'keepalived_preempt',
  virtual_router_id: 'keepalived_virtual_router_id',
  router_id: 'keepalived_router_id',
  advert_int: 'keepalived_advert_int',
  auth_pass: 'keepalived_auth_pass',
  unicast_peer: 'keepalived_unicast',
  track_script: 'keepalived_check_interval',
  vrrp_script: 'keepalived_check_interval',
};

/** What each group of addresses has of its own. */
const OWN: ReadonlySet<string> = new Set(['priority', 'virtual_router_id']);

/** Judges what the role would write, as VRRP would take it. */
export function lintKeepalived(uses: readonly Use[], context: LintContext): readonly Finding[] {
  // A host has one configuration, whichever play wrote it last.
  const sites = new Map(uses.flatMap((use) => use.hosts.map((host) => [host.name, siteOf(use, host)])));
  const each = uses.flatMap((use) =>
    use.hosts.flatMap((host) => [...outside(use, host), ...deafCheck(use, host, context)]),
  );
  return [...judgeVrrp([...sites.values()]), ...each];
}

/** The host's configuration, read back: the simulation is of what would be written, not of what was meant. */
function siteOf(use: Use, host: RoleHost<KeepalivedVars>): Site {
  const { vars, name, address } = host;
  const config = keepalivedConfig(vars, {
    routerId: vars.keepalived_router_id ?? name,
    // Only the hosts know; a placeholder that is the same on all.
    interface: vars.keepalived_interface ?? 'auto',
    instances: instancesOn(name, vars, priorities(use.hosts)),
    unicast: vars.keepalived_unicast
      ? {
          own: address,
          peers: use.hosts.filter((other) => other.name !== name).map((other) => other.address),
        }
      : undefined,
  });
  const auth = parseKeepalived(keepalivedAuth(vars.keepalived_auth_pass).reveal(), 'auth.conf');
  const included = (statements: readonly Statement[]): readonly Statement[] =>
    statements.flatMap((each) =>
      each.keyword === 'include' ? auth : [{ ...each, block: included(each.block) }],
    );
  const statements = included(parseKeepalived(config, 'keepalived.conf'));
  const further = new Set(
    statements
      .filter(({ keyword, args }) => keyword === 'vrrp_instance' && args[0] !== MAIN)
      .flatMap((instance) => [instance, ...instance.block]),
  );
  return readSite(name, statements, (statement) => use.at(name, variableOf(statement, further)));
}

/** Where a statement comes from; what a further group of addresses has of its own is in keepalived_instances. */
function variableOf(statement: Statement, further: ReadonlySet<Statement>): string {
  const { keyword } = statement;
  if (further.has(statement) && (OWN.has(keyword) || !(keyword in VARIABLES))) return 'keepalived_instances';
  return VARIABLES[keyword] ?? 'keepalived_vips';
}

/** The check must ask where HAProxy answers, else no host ever takes the addresses. */
function deafCheck(use: Use, host: RoleHost<KeepalivedVars>, context: LintContext): readonly Finding[] {
  const isProxy = context
    .uses(haproxySettings.name)
    .some(({ hosts }) => hosts.some(({ name }) => name === host.name));
  const answers = host.setting(haproxySettings, 'haproxy_health_port');
  const asked = checkPort(host);
  if (!isProxy || answers === asked) return [];
  return [
    {
      ...use.at(host.name, 'keepalived_check_port'),
      severity: 'error',
      rule: 'check-port-wrong',
      what: `Keepalived looks for HAProxy on port ${asked}, and HAProxy answers on ${answers}`,
      why: 'every check fails, every host is in FAULT, and nobody holds the addresses',
      next: `keepalived_check_port: ${answers}`,
    },
  ];
}

/** An address that no network of the host has can be announced, and nobody's packets come there. */
function outside(use: Use, { name, address, vars }: RoleHost<KeepalivedVars>): readonly Finding[] {
  const own = vars.keepalived_interface;
  return instancesOf(vars).flatMap(({ name: instance, vips }) => {
    const stray = vips.find((vip) => vip.includes('/') && !sharesNetwork(vip, address));
    if (stray === undefined || !isIPv4(address) || stray.endsWith('/32')) return [];
    return {
      ...use.at(name, instance === MAIN ? 'keepalived_vips' : 'keepalived_instances'),
      severity: own === undefined ? 'warning' : 'hint',
      rule: 'vip-outside-subnet',
      what: `the virtual address ${stray} is in no network of its proxies`,
      why: `${name} is ${address}: the network's other machines and its router look for ${stray.replace(/\/.*/, '')} elsewhere${own === undefined ? '' : `, unless ${own} has an address there`}`,
      next: 'an address of the proxies’ own network, or keepalived_interface where the proxies have one there',
    };
  });
}
