import { posix } from 'node:path';
import { defineFact, type Reply } from '../model/fact.ts';
import { type Change, defineTask, type TaskType } from '../model/task.ts';
import { lines, type Script, sh } from '../util/sh.ts';
import { ACCOUNT, validateName } from './support/names.ts';
import { hostPath } from './support/paths.ts';

/** A user of the host. What is left out stays as it is, or as the host's own defaults make it. */
export interface UserWant {
  readonly name: string;
  readonly uid?: number | undefined;
  /** The primary group, by name; must exist. */
  readonly group?: string | undefined;
  /** Further groups the user is a member of; others are kept unless `onlyGroups`. */
  readonly groups?: readonly string[] | undefined;
  readonly onlyGroups?: boolean | undefined;
  readonly home?: string | undefined;
  /** Make the home directory when it is missing. Default for a new user: not for a system user, else yes. */
  readonly createHome?: boolean | undefined;
  readonly shell?: string | undefined;
  readonly comment?: string | undefined;
  /** When the user is new: give it a number from the system's range, and no aging. */
  readonly system?: boolean | undefined;
  readonly state?: 'present' | 'absent' | undefined;
  /** With `state: 'absent'`: remove the home directory as well. */
  readonly removeHome?: boolean | undefined;
}

export interface Account {
  readonly uid: number;
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
  /** Name of the primary group. */
  readonly group: string;
  /** Names of all groups, the primary one included. */
  readonly groups: readonly string[];
  readonly hasHome: boolean;
}

/** Undefined when there is no such user. */
export type UserState = { readonly account?: Account | undefined };

export const userType: TaskType<UserWant, UserState> = {
  name: 'user',
  title: ({ name, state }) => `user ${name}${state === 'absent' ? ' absent' : ''}`,
  claims: ({ name, state, ...rest }) => ({
    [`user ${name}`]: state === 'absent' ? 'absent' : JSON.stringify(rest),
  }),
  validate,
  fact: ({ name }) =>
    defineFact({
      name: `user ${name}`,
      script: sh`if u=$(getent passwd ${name}); then
  printf '%s\n' "$u"
  id ${name}
  h=\${u%:*}
  if [ -d "\${h##*:}" ]; then echo home; else echo homeless; fi
else echo absent; fi`,
      parse: (reply) => parse(reply, name),
    }),
  diff,
  apply,
};

/** A user, present or absent. */
export const user = defineTask(userType);

function validate(want: UserWant): void {
  validateName('user', want.name, ACCOUNT);
  for (const name of [...(want.groups ?? []), ...(want.group === undefined ? [] : [want.group])]) {
    validateName('group', name, ACCOUNT);
  }
  if (want.home !== undefined) hostPath(want.home);
  for (const text of [want.home, want.shell, want.comment]) {
    if (text !== undefined && /[:\n]/.test(text))
      throw new Error(`user ${want.name}: '${text}' holds a colon or newline`);
  }
}

function parse({ stdout }: Reply, name: string): UserState {
  if (stdout === 'absent') return {};
  const [passwd = '', id = '', home = ''] = stdout.split('\n');
  const fields = passwd.split(':');
  const groups = [...id.replace(/^.*? groups=/, '').matchAll(/\d+\(([^)]*)\)/g)].map(
    ([, group = '']) => group,
  );
  const primary = / gid=\d+\(([^)]*)\)/.exec(id)?.[1];
  if (fields.length !== 7 || !/^home(less)?$/.test(home)) {
    throw new Error(`the host gave no answer about user ${name} that makes sense: '${stdout}'`);
  }
  const [, , uid = '', gid = '', comment = '', dir = '', shell = ''] = fields;
  const hasHome = home === 'home';
  return { account: { uid: Number(uid), comment, home: dir, shell, group: primary ?? gid, groups, hasHome } };
}

function diff({ account }: UserState, want: UserWant): readonly Change[] {
  if (want.state === 'absent') return account ? [{ what: 'user', from: 'present', to: 'absent' }] : [];
  if (!account) return [{ what: 'user', from: 'absent', to: 'present' }];
  const changes: Change[] = [];
  const compare = (what: string, from: string | number, to: string | number | undefined) => {
    if (to !== undefined && to !== from) changes.push({ what, from: String(from), to: String(to) });
  };
  compare('uid', account.uid, want.uid);
  compare('group', account.group, want.group);
  if (want.groups) {
    const others = account.groups.filter((name) => name !== (want.group ?? account.group));
    const wanted = want.groups.filter((name) => name !== (want.group ?? account.group));
    const goal = want.onlyGroups ? wanted : [...new Set([...others, ...wanted])];
    compare('groups', others.toSorted().join(','), goal.toSorted().join(','));
  }
  compare('home', account.home, want.home);
  compare('shell', account.shell, want.shell);
  compare('comment', account.comment, want.comment);
  if (want.createHome && !account.hasHome)
    changes.push({ what: 'home directory', from: 'absent', to: 'present' });
  return changes;
}

function apply(want: UserWant, changes: readonly Change[], { account }: UserState): Script {
  const { name } = want;
  if (want.state === 'absent') return sh`userdel ${[...(want.removeHome ? ['-r'] : []), name]}`;
  if (!account) return create(want);
  const flags: Readonly<Record<string, string>> = {
    uid: '-u',
    group: '-g',
    groups: '-G',
    home: '-d',
    shell: '-s',
    comment: '-c',
  };
  const args = changes.flatMap(({ what, to = '' }) => (flags[what] ? [flags[what], to] : []));
  const missing = changes.some(({ what }) => what === 'home directory');
  return lines(
    args.length > 0 && sh`usermod ${args} ${name}`,
    missing && makeHome(name, want.home ?? account.home),
  );
}

function create(want: UserWant): Script {
  const { name, uid, group, groups, home, shell, comment, system } = want;
  const args = [
    system ? ['-r'] : [],
    (want.createHome ?? !system) ? ['-m'] : ['-M'],
    uid === undefined ? [] : ['-u', uid],
    group === undefined ? [] : ['-g', group],
    groups?.length ? ['-G', groups.join(',')] : [],
    home === undefined ? [] : ['-d', home],
    shell === undefined ? [] : ['-s', shell],
    comment === undefined ? [] : ['-c', comment],
  ].flat();
  if (group !== undefined) return sh`useradd ${args} ${name}`;
  // useradd refuses to make the user's own group when there is one of that name.
  return sh`if getent group ${name} >/dev/null; then set -- -g ${name}; else set --; fi
useradd "$@" ${args} ${name}`;
}

/** Made beside and renamed, so that an interrupted run leaves none that is half done. */
function makeHome(name: string, home: string): Script {
  const beside = `${home}.ts-play`;
  return sh`rm -rf -- ${beside}
mkdir -p -- ${posix.dirname(home)}
mkdir -m 0700 -- ${beside}
if [ -d /etc/skel ]; then cp -R /etc/skel/. ${beside}; fi
chown -R ${`${name}:`} ${beside}
mv -- ${beside} ${home}`;
}
