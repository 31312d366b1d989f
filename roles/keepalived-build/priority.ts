import type { KnownHost, RoleHost } from '../../lib/index.ts';
import type { KeepalivedVars } from './vars.ts';

/** The highest that leaves 255 to a host that owns the address itself. */
const HIGHEST = 254;

/**
 * Every host's priority: its own variable, else 254, 253, … in the order of all the play is meant for, so that a
 * limit changes nobody's. What hosts outside a limit say is read off the inventory.
 */
export function priorities(
  playHosts: readonly KnownHost[],
  hosts: readonly RoleHost<KeepalivedVars>[],
): ReadonlyMap<string, number> {
  const given = new Map(hosts.map(({ name, vars }) => [name, vars.keepalived_priority]));
  return new Map(
    playHosts.map(({ name, inventoryVars }, index) => {
      const { keepalived_priority: written } = inventoryVars;
      const own = given.has(name) ? given.get(name) : typeof written === 'number' ? written : undefined;
      return [name, own ?? Math.max(1, HIGHEST - index)];
    }),
  );
}
