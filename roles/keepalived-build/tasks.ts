import { directory, file, type RoleHost, service, type Task, user } from '../../lib/index.ts';
import { ownUnitLoaded } from '../domain/build/own-unit.ts';
import { type Origin, reloadOlder, restartOlder } from '../domain/build/refresh.ts';
import { haproxySettings } from '../domain/haproxy/settings.ts';
import type { KeepalivedVars } from '../domain/keepalived/settings.ts';
import { checkScript, keepalivedAuth, keepalivedConfig, type Site } from './config.ts';
import { AUTH, CHECK, CONFIG, CONFIG_DIR, homeFolder, PID_FILE, program, UNIT, UNIT_DIR } from './paths.ts';
import { configTest, keepalivedUnit } from './unit.ts';

/** The handlers of one host: both do nothing for a Keepalived that was started after the change. */
export function handlers(vars: KeepalivedVars) {
  const home = vars.keepalived_install === 'package' ? [] : [homeFolder(vars.keepalived_root)];
  const origin = (...paths: readonly string[]): Origin => ({
    service: 'keepalived',
    pidFile: PID_FILE,
    paths,
  });
  return {
    reload: reloadOlder(origin(CONFIG, AUTH)),
    // It keeps running the old program when it is only told to reload.
    restart: restartOlder(origin(UNIT, ...home)),
  };
}

/** The user who looks at HAProxy. */
export function accountTasks({ keepalived_script_user: name }: KeepalivedVars): readonly Task[] {
  return [
    user({
      name,
      system: true,
      createHome: false,
      home: '/nonexistent',
      shell: '/usr/sbin/nologin',
      comment: 'Keepalived scripts',
    }),
    directory({ path: CONFIG_DIR, ...mine('0755') }, { tags }),
  ];
}

const tags = ['config'];
const mine = (mode: string) => ({ owner: 'root', group: 'root', mode });

/** The unit, which takes the place of a package's own. */
export function unitTasks(vars: KeepalivedVars): readonly Task[] {
  const { restart } = handlers(vars);
  return [
    directory({ path: UNIT_DIR }, { tags }),
    file({ path: UNIT, content: keepalivedUnit(program(vars)), ...mine('0644') }, { notify: restart, tags }),
    ownUnitLoaded('keepalived', UNIT, { notify: restart, tags }),
  ];
}

/** Configuration and service. */
export function serviceTasks(host: RoleHost<KeepalivedVars>, site: Site): readonly Task[] {
  const { vars } = host;
  const { reload } = handlers(vars);
  return [
    file({ path: CHECK, content: checkScript(checkPort(host)), ...mine('0755') }, { tags }),
    file(
      { path: AUTH, content: keepalivedAuth(vars.keepalived_auth_pass), ...mine('0600') },
      { notify: reload, tags },
    ),
    file(
      {
        path: CONFIG,
        content: keepalivedConfig(vars, site),
        ...mine('0644'),
        validate: (candidate) => configTest(program(vars), candidate),
      },
      { notify: reload, tags },
    ),
    service({ name: 'keepalived', state: 'started', enabled: true }, { tags: ['service'] }),
  ];
}

/** Where HAProxy says whether it works: as the host's other role has it, unless said otherwise. */
export function checkPort(host: RoleHost<KeepalivedVars>): number {
  return host.vars.keepalived_check_port ?? host.setting(haproxySettings, 'haproxy_health_port');
}
