import { currentOf } from '../domain/build/recipe.ts';
import type { KeepalivedVars } from '../domain/keepalived/settings.ts';

export const CONFIG_DIR = '/etc/keepalived';
export const CONFIG = `${CONFIG_DIR}/keepalived.conf`;
/** Holds the password, so that {@link CONFIG} can be shown. */
export const AUTH = `${CONFIG_DIR}/auth.conf`;
export const CHECK = `${CONFIG_DIR}/check_haproxy`;
/** Not /etc/systemd/system, which is the administrator's: from there a unit can't be masked. */
export const UNIT_DIR = '/usr/local/lib/systemd/system';
export const UNIT = `${UNIT_DIR}/keepalived.service`;
export const PID_FILE = '/run/keepalived.pid';
export const VRRP_PID_FILE = '/run/keepalived-vrrp.pid';

/** The link to the version in use. */
export function homeFolder(root: string): string {
  return currentOf({ root, name: 'keepalived' });
}

/** The program in use. */
export function program(vars: Pick<KeepalivedVars, 'keepalived_install' | 'keepalived_root'>): string {
  return vars.keepalived_install === 'package'
    ? '/usr/sbin/keepalived'
    : `${homeFolder(vars.keepalived_root)}/sbin/keepalived`;
}
