import type { Finding, LintUse, RoleHost } from '../../lib/index.ts';
import type { Vars } from '../domain/rabbitmq/settings/policy.ts';

interface Wanted {
  readonly use: LintUse<Vars>;
  readonly host: RoleHost<Vars>;
}

/** Judges a playbook's policies taken together: of those that match a queue, only one applies. */
export function lintPolicies(uses: readonly LintUse<Vars>[]): readonly Finding[] {
  const wanted = uses.flatMap((use): Wanted[] => (use.hosts[0] ? [{ use, host: use.hosts[0] }] : []));
  return [
    ...uses.flatMap(differing),
    ...wanted.flatMap((one, index) => wanted.slice(index + 1).flatMap((other) => judgePair(one, other))),
  ];
}

/** A policy is the cluster's: whichever node speaks for it must say the same. */
function differing(use: LintUse<Vars>): readonly Finding[] {
  const [first, ...rest] = use.hosts;
  return rest.flatMap((host): Finding[] => {
    const name = Object.keys(host.vars).find(
      (key) =>
        JSON.stringify(host.vars[key as keyof Vars]) !== JSON.stringify(first?.vars[key as keyof Vars]),
    );
    if (first === undefined || name === undefined) return [];
    return [
      {
        ...use.at(host.name, name),
        hosts: [first.name, host.name],
        severity: 'error',
        rule: 'policy-differs-by-host',
        what: `${name} is not the same on ${first.name} and ${host.name}`,
        why: 'a policy belongs to the cluster, and is set by the first of its nodes that runs: which one depends on the day',
        next: `set ${name} for the group`,
      },
    ];
  });
}

function judgePair(one: Wanted, other: Wanted): readonly Finding[] {
  const [a, b] = [one.host.vars, other.host.vars];
  if (a.ha_policy_vhost !== b.ha_policy_vhost || !meet(a, b)) return [];
  const hosts = [...new Set([one.host.name, other.host.name])];
  const at = (wanted: Wanted, variable: string) => ({ ...wanted.use.at(wanted.host.name, variable), hosts });
  if (a.ha_policy_name === b.ha_policy_name) {
    if (JSON.stringify(a) === JSON.stringify(b)) return [];
    return [
      {
        ...at(other, 'ha_policy_name'),
        severity: 'error',
        rule: 'policy-twice',
        what: `the policy ${a.ha_policy_name} is wanted in two ways`,
        why: 'each run sets it one way, then the other: it changes for ever',
        next: 'another ha_policy_name for one of them',
      },
    ];
  }
  const [pa, pb] = [a.ha_policy_pattern, b.ha_policy_pattern];
  if (a.ha_policy_priority === b.ha_policy_priority) {
    if (!covers(pa, pb) && !covers(pb, pa)) return [];
    return [
      {
        ...at(other, 'ha_policy_priority'),
        severity: 'error',
        rule: 'policy-overlap',
        what: `the policies ${a.ha_policy_name} and ${b.ha_policy_name} match the same queues with the same priority ${a.ha_policy_priority}`,
        why: `"${pa}" and "${pb}": only one of them applies to such a queue, and RabbitMQ does not say which`,
        next: 'give the narrower one a higher ha_policy_priority, or drop one',
      },
    ];
  }
  const [high, low] = a.ha_policy_priority > b.ha_policy_priority ? [one, other] : [other, one];
  if (!covers(high.host.vars.ha_policy_pattern, low.host.vars.ha_policy_pattern)) return [];
  return [
    {
      ...at(low, 'ha_policy_priority'),
      severity: 'warning',
      rule: 'policy-hidden',
      what: `the policy ${low.host.vars.ha_policy_name} never applies: ${high.host.vars.ha_policy_name} matches all of its queues with a higher priority`,
      why: `"${high.host.vars.ha_policy_pattern}" (priority ${high.host.vars.ha_policy_priority}) over "${low.host.vars.ha_policy_pattern}" (${low.host.vars.ha_policy_priority})`,
      next: 'the narrower pattern needs the higher priority',
    },
  ];
}

function meet({ ha_policy_apply_to: a }: Vars, { ha_policy_apply_to: b }: Vars): boolean {
  return a === b || a === 'all' || b === 'all' || (isQueues(a) && isQueues(b) && [a, b].includes('queues'));
}

/** `queues` stands for `classic_queues`, `quorum_queues` and `streams`. */
function isQueues(applyTo: string): boolean {
  return applyTo !== 'exchanges' && applyTo !== 'all';
}

/** Whether one pattern surely matches all that another does: told only where that is plain from the text. */
export function covers(wide: string, narrow: string): boolean {
  if (wide === narrow || /^\^?(\.\*)?\$?$/.test(wide)) return true;
  if (wide === '^(?!amq\\.).*' || wide === '^(?!amq\\.)') return !/^\^?(amq|\.\*|\(|\[|$)/.test(narrow);
  const prefix = literalPrefix(wide);
  return prefix !== undefined && startOf(narrow)?.startsWith(prefix) === true;
}

/** `^orders\.` and `^orders\..*` are no more than a beginning. */
function literalPrefix(pattern: string): string | undefined {
  return /^\^((?:[A-Za-z0-9_:-]|\\\.)+)(\.\*\$?)?$/.exec(pattern)?.[1];
}

/** The plain text that all names a pattern matches begin with. */
function startOf(pattern: string): string | undefined {
  const found = /^\^((?:[A-Za-z0-9_:-]|\\\.)+)(.?)/.exec(pattern);
  const [, text = '', next = ''] = found ?? [];
  if (pattern.includes('|')) return undefined;
  // A quantifier belongs to the last character.
  return /[*?{]/.test(next) ? text.slice(0, -1) : text;
}
