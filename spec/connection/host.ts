import { builtinConnections } from '../../lib/connection/builtin.ts';
import type { Connection } from '../../lib/connection/connection.ts';
import type { ConnectionDefaults } from '../../lib/connection/definition.ts';
import { Connections } from '../../lib/connection/registry.ts';
import type { InventoryHost, Vars } from '../../lib/inventory/inventory.ts';

/** A host whose variables are on separate lines of one file, in order. */
export function host(vars: Vars, name = 'web1'): InventoryHost {
  const line = (variable: string) => Object.keys(vars).indexOf(variable) + 1;
  return { name, vars, groups: ['all'], place: (variable) => ({ file: 'hosts.yml', line: line(variable) }) };
}

/** Reads a host's connection variables, as a run does before it contacts anything. @returns its warnings */
export function checkConnectionVars(
  given: InventoryHost,
  defaults?: ConnectionDefaults,
): readonly string[] | undefined {
  return new Connections(builtinConnections, defaults).route(given).warnings;
}

/** Connects to a host by its variables. */
export async function openConnection(
  given: InventoryHost,
  defaults?: ConnectionDefaults,
): Promise<Connection> {
  return new Connections(builtinConnections, defaults).route(given).open(undefined);
}
