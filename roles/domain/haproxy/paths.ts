import { currentOf } from '../build/recipe.ts';
import type { HaproxyVars } from './settings.ts';

export const CONFIG_DIR = '/etc/haproxy';
export const CONFIG = `${CONFIG_DIR}/haproxy.cfg`;
/** Holds the password, so that {@link CONFIG} can be shown. */
export const USERS = `${CONFIG_DIR}/users.cfg`;
/** Holds the certificate and key of the port with TLS. */
export const PEM = `${CONFIG_DIR}/front.pem`;
/** Holds the login of the health check. */
export const CHECK_LOGIN = `${CONFIG_DIR}/check-login.map`;
/** Not /etc/systemd/system, which is the administrator's: from there a unit can't be masked. */
export const UNIT_DIR = '/usr/local/lib/systemd/system';
export const UNIT = `${UNIT_DIR}/haproxy.service`;
export const PROFILE = '/etc/profile.d/haproxy.sh';
export const PID_FILE = '/run/haproxy/haproxy.pid';
export const SOCKET = '/run/haproxy/admin.sock';
/** An empty folder that nobody can write to. */
export const CHROOT = '/var/lib/haproxy';
export const HEALTH_URI = '/healthz';

/** The folder of the version in use. */
export function homeFolder(root: string): string {
  return currentOf({ root, name: 'haproxy' });
}

/** The program in use. */
export function program(vars: Pick<HaproxyVars, 'haproxy_install' | 'haproxy_root'>): string {
  return vars.haproxy_install === 'package'
    ? '/usr/sbin/haproxy'
    : `${homeFolder(vars.haproxy_root)}/sbin/haproxy`;
}
