import { currentOf } from '../support/build/recipe.ts';

export const CONFIG_DIR = '/etc/haproxy';
export const CONFIG = `${CONFIG_DIR}/haproxy.cfg`;
/** Holds the password, so that {@link CONFIG} can be shown. */
export const USERS = `${CONFIG_DIR}/users.cfg`;
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
export function program(root: string): string {
  return `${homeFolder(root)}/sbin/haproxy`;
}
