import {
  directory,
  file,
  group,
  type KnownHost,
  type Script,
  service,
  sh,
  type Task,
  user,
} from '../../lib/index.ts';
import { type Origin, reloadOlder, restartOlder } from '../support/build/refresh.ts';
import { haproxyConfig, haproxyUsers } from './config.ts';
import {
  CHROOT,
  CONFIG,
  CONFIG_DIR,
  homeFolder,
  PID_FILE,
  PROFILE,
  program,
  UNIT,
  UNIT_DIR,
  USERS,
} from './paths.ts';
import { haproxyProfile } from './profile.ts';
import { haproxyUnit } from './unit.ts';
import type { HaproxyVars } from './vars.ts';

/** The handlers of one host: both do nothing for a HAProxy that was started after the change. */
export function handlers(root: string) {
  const origin = (...paths: readonly string[]): Origin => ({ service: 'haproxy', pidFile: PID_FILE, paths });
  return {
    reload: reloadOlder(origin(CONFIG, USERS, homeFolder(root))),
    restart: restartOlder(origin(UNIT)),
  };
}

/** Who HAProxy runs as, before anything needs it. */
export function accountTasks(vars: HaproxyVars): readonly Task[] {
  const { haproxy_user: name, haproxy_group: its } = vars;
  return [
    group({ name: its, system: true }),
    user({
      name,
      group: its,
      system: true,
      createHome: false,
      home: CHROOT,
      shell: '/usr/sbin/nologin',
      comment: 'HAProxy',
    }),
    directory({ path: CHROOT, owner: 'root', group: 'root', mode: '0555' }),
  ];
}

/** Configuration, unit and service. */
export function serviceTasks(vars: HaproxyVars, backends: readonly KnownHost[]): readonly Task[] {
  const { haproxy_root: root } = vars;
  const { reload, restart } = handlers(root);
  const haproxy = program(root);
  const tags = ['config'];
  const plain = { owner: 'root', group: 'root', mode: '0644' };
  return [
    directory({ path: UNIT_DIR }, { tags }),
    file({ path: UNIT, content: haproxyUnit(root), ...plain }, { notify: restart, tags }),
    file({ path: PROFILE, content: haproxyProfile(root), ...plain }, { tags }),
    directory({ path: CONFIG_DIR, owner: 'root', group: 'root', mode: '0755' }, { tags }),
    file(
      {
        path: USERS,
        content: haproxyUsers(vars.haproxy_stats_user, vars.haproxy_stats_password),
        owner: 'root',
        group: 'root',
        mode: '0600',
        validate: (candidate) => checkUsers(haproxy, candidate),
      },
      { notify: reload, tags },
    ),
    file(
      {
        path: CONFIG,
        content: haproxyConfig(vars, backends),
        ...plain,
        validate: (candidate) => sh`${haproxy} -c -q -f ${candidate} -f ${USERS}`,
      },
      { notify: reload, tags },
    ),
    service({ name: 'haproxy', state: 'started', enabled: true }, { tags: ['service'] }),
  ];
}

/** On its own a list of users is no configuration: it is checked together with the least one that is. */
function checkUsers(haproxy: string, candidate: Script): Script {
  return sh`printf 'listen check\n mode http\n bind 127.0.0.1:9\n timeout connect 1s\n timeout client 1s\n timeout server 1s\n' |
  ${haproxy} -c -q -f ${candidate} -f /dev/stdin`;
}
