import type { Finding, LintContext, LintUse, RoleHost } from '../../lib/index.ts';
import type { HaproxyVars } from '../domain/haproxy/settings.ts';
import { lineOf } from '../domain/rabbitmq/settings/partition-handling.ts';
import { lintClients } from './lint-clients.ts';

type Use = LintUse<HaproxyVars>;
type Host = RoleHost<HaproxyVars>;

/** What AMQP clients and brokers agree on when nobody says otherwise. Seconds. */
const HEARTBEAT = 60;
/** Silence that clients without heartbeats are granted. Seconds. */
const PATIENT = 3 * 3600;
const SECONDS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400 };
const GUESSED = /^(admin|password|passw0rd|guest|haproxy|stats|changeme|secret|\d{1,8})$/i;

/** Judges the proxies as clients and brokers will meet them. */
export function lintHaproxy(uses: readonly Use[], context: LintContext): readonly Finding[] {
  const each = uses.flatMap((use) =>
    use.hosts.flatMap((host) => [...timeouts(use, host, context), ...statsPage(use, host)]),
  );
  return [...oneProxy(uses), ...each, ...lintClients(uses, context)];
}

function oneProxy(uses: readonly Use[]): readonly Finding[] {
  const names = [...new Set(uses.flatMap(({ hosts }) => hosts.map(({ name }) => name)))];
  const [only] = names;
  const use = uses.find(({ hosts }) => hosts.length > 0);
  if (use === undefined || only === undefined || names.length > 1) return [];
  return [
    {
      ...use.at(only, 'ansible_host'),
      severity: 'warning',
      rule: 'one-proxy',
      what: `${only} is the only proxy`,
      why: 'when it is lost no client reaches any broker: no high availability',
      next: `a second host in the play "${use.play}"`,
    },
  ];
}

function timeouts(use: Use, { name, vars }: Host, context: LintContext): readonly Finding[] {
  const heartbeat = heartbeatOf(vars.haproxy_backend_group, context);
  return (['haproxy_timeout_client', 'haproxy_timeout_server'] as const).flatMap((variable): Finding[] => {
    const seconds = secondsOf(vars[variable]);
    const spot = use.at(name, variable);
    if (heartbeat > 0 && seconds < heartbeat) {
      // Each side sends one every half interval.
      const cuts = seconds <= heartbeat / 2;
      return [
        {
          ...spot,
          severity: cuts ? 'error' : 'warning',
          rule: 'timeout-below-heartbeat',
          what: `${variable} is ${vars[variable]}, less than the AMQP heartbeat of ${heartbeat} s`,
          why: `a quiet connection carries a frame every ${heartbeat / 2} s: ${cuts ? 'HAProxy cuts it before' : 'one that is a little late is too late'}`,
          next: `${variable}: 3h`,
        },
      ];
    }
    if (seconds >= PATIENT) return [];
    return [
      {
        ...spot,
        severity: 'hint',
        rule: 'timeout-short',
        what: `${variable} is ${vars[variable]}: clients without heartbeats are cut off`,
        why: 'a consumer that waits on an empty queue says nothing for hours; TCP keepalive finds dead peers without that',
        next: `${variable}: 3h`,
      },
    ];
  });
}

/** The shortest that a broker behind the proxy asks for; 0 is none. */
function heartbeatOf(group: string, context: LintContext): number {
  const asked = context.group(group).map((broker) => Number(lineOf(broker, 'heartbeat')?.value ?? HEARTBEAT));
  return Math.min(...asked.filter((seconds) => seconds >= 0), ...(asked.length === 0 ? [HEARTBEAT] : []));
}

/** A time as HAProxy has it; milliseconds where no unit is given. */
export function secondsOf(text: string): number {
  const [, amount = '0', unit = 'ms'] = /^(\d+)(us|ms|s|m|h|d)?$/.exec(text) ?? [];
  return Number(amount) * (SECONDS[unit] ?? 0);
}

function statsPage(use: Use, { name, vars }: Host): readonly Finding[] {
  if (/^(127\.|::1$|localhost$)/.test(vars.haproxy_stats_bind)) return [];
  const password = vars.haproxy_stats_password.reveal();
  if (password.length >= 8 && password !== vars.haproxy_stats_user && !GUESSED.test(password)) return [];
  return [
    {
      ...use.at(name, 'haproxy_stats_password'),
      severity: 'warning',
      rule: 'stats-password-weak',
      what: 'the stats page can be reached from anywhere, and its password is easily guessed',
      why: `it listens on ${vars.haproxy_stats_bind}:${vars.haproxy_stats_port} and names every broker, its address and its state`,
      next: 'a longer haproxy_stats_password, or haproxy_stats_bind: 127.0.0.1',
    },
  ];
}
