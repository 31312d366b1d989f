import { judgeBecomeNames } from '../connection/known-vars.ts';
import type { Connections } from '../connection/registry.ts';
import type { InventoryHost } from '../inventory/inventory.ts';
import { inputError } from '../util/errors.ts';

/**
 * The user whom a host's tasks run as, by sudo; undefined when that is the login user already.
 * As with Ansible, what the inventory says of the host wins over the play, and the play over the command line.
 * @param commandLine `-b`, with the user to become, where neither inventory nor play says
 * @throws PlayError `input` for a variable that can't be used
 */
export function becomeUser(
  host: InventoryHost,
  play: boolean | string | undefined,
  commandLine: boolean | string | undefined,
  connections: Connections,
): string | undefined {
  // A play that says `true` leaves open whom: then the command line's name counts.
  const asked = (play === true ? commandLine || play : play) ?? commandLine ?? false;
  const wanted = flag(host, 'ansible_become') ?? asked !== false;
  if (!wanted) return undefined;
  const { ansible_become_user: named, ansible_become_method: method = 'sudo' } = host.vars;
  if (method !== 'sudo' && method !== 'ansible.builtin.sudo') {
    throw inputError(`become supports only sudo, not ${JSON.stringify(method)}`, {
      where: { host: host.name, ...host.place('ansible_become_method') },
    });
  }
  if (named !== undefined && named !== null && typeof named !== 'string') {
    throw inputError(`ansible_become_user must be text, not ${JSON.stringify(named)}`, {
      where: { host: host.name, ...host.place('ansible_become_user') },
    });
  }
  const user = named || (typeof asked === 'string' ? asked : 'root');
  if (user === connections.route(host).user) return undefined;
  judgeBecomeNames(host);
  return user;
}

/** Ansible's inventories write booleans as text too. */
function flag(host: InventoryHost, name: string): boolean | undefined {
  const value = host.vars[name];
  if (value === undefined || typeof value === 'boolean') return value;
  if (/^(yes|true|on|1)$/i.test(String(value))) return true;
  if (/^(no|false|off|0)$/i.test(String(value))) return false;
  throw inputError(`${name} must be true or false, not ${JSON.stringify(value)}`, {
    where: { host: host.name, ...host.place(name) },
  });
}
