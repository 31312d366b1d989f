import {
  directory,
  file,
  group,
  type Handler,
  type HostView,
  type Script,
  service,
  sh,
  type Task,
  user,
} from '../../lib/index.ts';
import { ownUnitLoaded } from '../domain/build/own-unit.ts';
import { type Origin, reloadOlder, restartOlder } from '../domain/build/refresh.ts';
import {
  CHECK_LOGIN,
  CHROOT,
  CONFIG,
  CONFIG_DIR,
  homeFolder,
  PEM,
  PID_FILE,
  PROFILE,
  program,
  UNIT,
  UNIT_DIR,
  USERS,
} from '../domain/haproxy/paths.ts';
import type { HaproxyVars } from '../domain/haproxy/settings.ts';
import { certificateOf } from './certificate.ts';
import { checkLogin } from './check.ts';
import { haproxyConfig } from './config.ts';
import { networkTasks } from './network.ts';
import { haproxyProfile } from './profile.ts';
import { takenUp } from './reload.ts';
import { haproxyUsers } from './secrets.ts';
import { haproxyUnit } from './unit.ts';

const PLAIN = { owner: 'root', group: 'root', mode: '0644' };
const CLOSED = { owner: 'root', group: 'root', mode: '0600' };
const tags = ['config'];

/** The handlers of one host: both do nothing for a HAProxy that was started after the change. */
export function handlers(vars: HaproxyVars) {
  const origin = (...paths: readonly string[]): Origin => ({ service: 'haproxy', pidFile: PID_FILE, paths });
  const reloaded = [
    CONFIG,
    USERS,
    ...(certificateOf(vars) ? [PEM] : []),
    ...(checkLogin(vars) ? [CHECK_LOGIN] : []),
    ...(vars.haproxy_install === 'package' ? [] : [homeFolder(vars.haproxy_root)]),
  ];
  const restart = restartOlder(origin(UNIT));
  return { reload: orRestart(takenUp(reloadOlder(origin(...reloaded))), restart), restart };
}

/** A changed unit needs a restart, which a reload before it would hide: HAProxy writes its pid file anew then. */
function orRestart(reload: Handler, restart: Handler): Handler {
  return {
    ...reload,
    script: sh`if [ ${UNIT} -nt ${PID_FILE} ]; then
${restart.script}
else
${reload.script}
fi`,
  };
}

/** Who HAProxy runs as, and its unit, before anything needs them. */
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
    directory({ path: CONFIG_DIR, owner: 'root', group: 'root', mode: '0755' }, { tags }),
  ];
}

/** The unit, which takes the place of a package's own. */
export function unitTasks(vars: HaproxyVars): readonly Task[] {
  const { restart } = handlers(vars);
  return [
    directory({ path: UNIT_DIR }, { tags }),
    file({ path: UNIT, content: haproxyUnit(program(vars)), ...PLAIN }, { notify: restart, tags }),
    ownUnitLoaded('haproxy', UNIT, { notify: restart, tags }),
  ];
}

/** Configuration and service. */
export function serviceTasks(vars: HaproxyVars, backends: readonly HostView[]): readonly Task[] {
  const { reload } = handlers(vars);
  const haproxy = program(vars);
  return [
    profileTask(vars),
    ...networkTasks(vars),
    file(
      {
        path: USERS,
        content: haproxyUsers(vars.haproxy_stats_user, vars.haproxy_stats_password),
        ...CLOSED,
        validate: (candidate) => checkUsers(haproxy, candidate),
      },
      { notify: reload, tags },
    ),
    ...secretTasks(vars),
    file(
      {
        path: CONFIG,
        content: haproxyConfig(vars, backends),
        ...PLAIN,
        validate: (candidate) => sh`${haproxy} -c -f ${candidate} -f ${USERS}`,
      },
      { notify: reload, tags },
    ),
    ...leftoverTasks(vars),
    service({ name: 'haproxy', state: 'started', enabled: true }, { tags: ['service'] }),
  ];
}

/** Files of their own for what must not be shown, before the configuration that names them. */
function secretTasks(vars: HaproxyVars): readonly Task[] {
  const { reload: notify } = handlers(vars);
  const pem = certificateOf(vars);
  const login = checkLogin(vars);
  const validate = (candidate: Script) => checkPem(program(vars), candidate);
  return [
    ...(pem ? [file({ path: PEM, content: pem, ...CLOSED, validate }, { notify, tags })] : []),
    ...(login ? [file({ path: CHECK_LOGIN, content: login, ...CLOSED }, { notify, tags })] : []),
  ];
}

/** What the configuration no longer names is not left lying about. */
function leftoverTasks(vars: HaproxyVars): readonly Task[] {
  return [...(certificateOf(vars) ? [] : [PEM]), ...(checkLogin(vars) ? [] : [CHECK_LOGIN])].map((path) =>
    file({ path, state: 'absent' }, { tags }),
  );
}

function profileTask(vars: HaproxyVars): Task {
  return vars.haproxy_install === 'package'
    ? file({ path: PROFILE, state: 'absent' }, { tags })
    : file({ path: PROFILE, content: haproxyProfile(vars.haproxy_root), ...PLAIN }, { tags });
}

/** On its own a list of users is no configuration: it is checked together with the least one that is. */
function checkUsers(haproxy: string, candidate: Script): Script {
  return sh`printf ${LEAST} '' | ${haproxy} -c -f ${candidate} -f /dev/stdin`;
}

function checkPem(haproxy: string, candidate: Script): Script {
  return sh`pem=${candidate}
printf ${LEAST} " ssl crt $pem" | ${haproxy} -c -f /dev/stdin`;
}

/** The least configuration there can be, as printf wants it, with room for options of its bind. */
const LEAST =
  'listen check\n mode http\n bind 127.0.0.1:9%s\n timeout connect 1s\n timeout client 1s\n timeout server 1s\n';
