import type { InventoryHost, Vars } from '../../lib/inventory/inventory.ts';

/** A host whose variables are on separate lines of one file, in order. */
export function host(vars: Vars, name = 'web1'): InventoryHost {
  const line = (variable: string) => Object.keys(vars).indexOf(variable) + 1;
  return { name, vars, groups: ['all'], place: (variable) => ({ file: 'hosts.yml', line: line(variable) }) };
}
