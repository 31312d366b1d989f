import { userInfo } from 'node:os';
import { inputError } from '../errors.ts';
import type { Host } from '../inventory/inventory.ts';

/**
 * The user whom a host's tasks run as, by sudo; undefined when that is the login user already.
 * As with Ansible, what the inventory says of the host wins over the play, and the play over the command line.
 */
export function becomeUser(
  host: Host,
  play: boolean | string | undefined,
  commandLine: boolean | string | undefined,
): string | undefined {
  const asked = play ?? commandLine ?? false;
  const wanted = flag(host, 'ansible_become') ?? asked !== false;
  if (!wanted) return undefined;
  const { ansible_become_user: named } = host.vars;
  const user = typeof named === 'string' ? named : typeof asked === 'string' ? asked : 'root';
  return user === loginUser(host) ? undefined : user;
}

function loginUser(host: Host): string {
  const { ansible_user: user, ansible_connection: connection } = host.vars;
  if (connection === 'local') return userInfo().username;
  if (typeof user === 'string') return user;
  return connection === 'lab' ? 'root' : userInfo().username;
}

/** Ansible's inventories write booleans as text too. */
function flag(host: Host, name: string): boolean | undefined {
  const value = host.vars[name];
  if (value === undefined || typeof value === 'boolean') return value;
  if (/^(yes|true|on|1)$/i.test(String(value))) return true;
  if (/^(no|false|off|0)$/i.test(String(value))) return false;
  throw inputError(`${name} must be true or false, not ${JSON.stringify(value)}`, {
    where: { host: host.name, ...host.place(name) },
  });
}
