import { isDeepStrictEqual } from 'node:util';
import { type Change, defineTask, type TaskType } from '../../lib/index.ts';
import { askBroker, type Policy, type Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { ctl } from '../domain/rabbitmq/scripts/commands.ts';

/** Users' policies, or operators', which limit what the users' may say. */
type Kind = 'policy' | 'operator policy';

export type PolicyWant = Policy | { readonly vhost: string; readonly name: string; readonly absent: true };

/** A policy exactly as wanted, compared part by part, or its absence. */
const typeFor = (kind: Kind): TaskType<PolicyWant, Snapshot> => ({
  name: kind === 'policy' ? 'rabbit-policy' : 'rabbit-operator-policy',
  title: (want) => `${kind} ${want.name} on ${want.vhost}${'absent' in want ? ' absent' : ''}`,
  claims: (want) => ({ [`rabbitmq ${kind} ${want.vhost} ${want.name}`]: JSON.stringify(want) }),
  fact: () => askBroker,
  diff({ live }, want) {
    const policies = kind === 'policy' ? live?.policies : live?.operatorPolicies;
    if (live?.running !== true || !policies) throw new Error('the broker is not running');
    if (!live.vhosts?.includes(want.vhost)) throw new Error(`there is no virtual host ${want.vhost}`);
    const current = policies.find(({ vhost, name }) => vhost === want.vhost && name === want.name);
    if ('absent' in want) return current ? [{ what: kind, from: 'present', to: 'absent' }] : [];
    return current
      ? differences(current, want)
      : [{ what: kind, from: 'absent', to: shown(want.definition) }];
  },
  apply(want) {
    const noun = kind.replace(' ', '_');
    return 'absent' in want ? ctl(`clear_${noun}`, '-p', want.vhost, want.name) : set(`set_${noun}`, want);
  },
});

export const policyType = typeFor('policy');
export const policy = defineTask(policyType);
export const operatorPolicy = defineTask(typeFor('operator policy'));

function set(verb: string, { vhost, name, pattern, priority, applyTo, definition }: Policy) {
  const options = ['-p', vhost, '--priority', String(priority), '--apply-to', applyTo];
  return ctl(verb, ...options, name, pattern, JSON.stringify(definition));
}

function differences(current: Policy, want: Policy): readonly Change[] {
  const changes: Change[] = [];
  for (const part of ['pattern', 'priority', 'applyTo'] as const) {
    if (current[part] !== want[part])
      changes.push({ what: part, from: String(current[part]), to: String(want[part]) });
  }
  if (!isDeepStrictEqual(current.definition, want.definition)) {
    changes.push({ what: 'definition', from: shown(current.definition), to: shown(want.definition) });
  }
  return changes;
}

function shown(definition: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(definition);
}
