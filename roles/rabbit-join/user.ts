import {
  type Change,
  defineTask,
  lines,
  type Script,
  type Secret,
  sh,
  type TaskType,
} from '../../lib/index.ts';
import { askBroker, type Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { hasPassword } from '../domain/rabbitmq/rules/password.ts';
import { ctl, tool } from '../domain/rabbitmq/scripts/commands.ts';

export type BrokerUserWant =
  | { readonly name: string; readonly password: Secret; readonly state?: 'present' }
  | { readonly name: string; readonly state: 'absent' };

/** A broker's administrator with all permissions on every virtual host, or a user who shall not be. */
export const brokerUserType: TaskType<BrokerUserWant, Snapshot> = {
  name: 'rabbit-user',
  title: ({ name, state = 'present' }) => `broker user ${name} ${state}`,
  claims: ({ name, state = 'present' }) => ({ [`rabbitmq user ${name}`]: state }),
  fact: () => askBroker,
  diff,
  apply,
};

export const brokerUser = defineTask(brokerUserType);

const TAGS = ['administrator'];

function diff({ live }: Snapshot, want: BrokerUserWant): readonly Change[] {
  if (live?.running !== true || live.users === null) throw new Error('the broker is not running');
  const user = live.users.find(({ name }) => name === want.name);
  if (want.state === 'absent')
    return user === undefined ? [] : [{ what: 'user', from: 'present', to: 'absent' }];
  const changes: Change[] = [];
  if (user === undefined) changes.push({ what: 'user', from: 'absent', to: 'present' });
  else if (!hasPassword(user, want.password)) changes.push({ what: 'password' });
  if (user?.tags.join() !== TAGS.join())
    changes.push({ what: 'tags', from: user?.tags.join(' '), to: TAGS.join(' ') });
  for (const vhost of withoutPermission(live, want.name)) {
    changes.push({ what: `permissions on ${vhost}`, to: '.* .* .*' });
  }
  return changes;
}

function apply(want: BrokerUserWant, changes: readonly Change[], { live }: Snapshot): Script {
  if (want.state === 'absent') return ctl('delete_user', want.name);
  const has = (what: string) => changes.some((change) => change.what === what);
  return lines(
    // Asked for on stdin, so that no list of processes shows it; with one more word, be it -q, newer tools don't ask.
    has('user') && sh`printf '%s\n' ${want.password} | ${tool('rabbitmqctl', 'add_user', want.name)}`,
    has('password') &&
      sh`printf '%s\n' ${want.password} | ${tool('rabbitmqctl', 'change_password', want.name)}`,
    has('tags') && ctl('set_user_tags', want.name, ...TAGS),
    ...(live ? withoutPermission(live, want.name) : []).map((vhost) =>
      ctl('set_permissions', '-p', vhost, want.name, '.*', '.*', '.*'),
    ),
  );
}

function withoutPermission(live: NonNullable<Snapshot['live']>, user: string): readonly string[] {
  return (live.vhosts ?? []).filter(
    (vhost) =>
      !live.permissions?.some(
        (grant) =>
          grant.user === user &&
          grant.vhost === vhost &&
          [grant.configure, grant.write, grant.read].every((pattern) => pattern === '.*'),
      ),
  );
}
