import { isDeepStrictEqual } from 'node:util';
import { type Change, defineTask, type TaskType } from '../../lib/index.ts';
import { ctl } from '../support/rabbitmq/commands.ts';
import { type Policy, parseSnapshot, type Snapshot, snapshotScript } from '../support/rabbitmq/snapshot.ts';

export type PolicyWant = Policy | { readonly vhost: string; readonly name: string; readonly absent: true };

/** A policy exactly as wanted, compared part by part, or its absence. */
export const policyType: TaskType<PolicyWant, Snapshot> = {
  name: 'rabbit-policy',
  title: (want) => `policy ${want.name} on ${want.vhost}${'absent' in want ? ' absent' : ''}`,
  claims: (want) => ({ [`rabbitmq policy ${want.vhost} ${want.name}`]: JSON.stringify(want) }),
  probe: () => snapshotScript,
  parse: parseSnapshot,
  diff({ live }, want) {
    if (live?.running !== true || live.policies === null) throw new Error('the broker is not running');
    if (!live.vhosts?.includes(want.vhost)) throw new Error(`there is no virtual host ${want.vhost}`);
    const current = live.policies.find(({ vhost, name }) => vhost === want.vhost && name === want.name);
    if ('absent' in want) return current ? [{ what: 'policy', from: 'present', to: 'absent' }] : [];
    return current
      ? differences(current, want)
      : [{ what: 'policy', from: 'absent', to: shown(want.definition) }];
  },
  apply: (want) =>
    'absent' in want
      ? ctl('clear_policy', '-p', want.vhost, want.name)
      : ctl(
          ...[
            'set_policy',
            '-p',
            want.vhost,
            '--priority',
            String(want.priority),
            '--apply-to',
            want.applyTo,
          ],
          ...[want.name, want.pattern, JSON.stringify(want.definition)],
        ),
};

export const policy = defineTask(policyType);

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
