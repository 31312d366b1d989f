import { type ConnectionDefaults, type ConnectionType, type Route, VarReader, type Vars } from '../index.ts';

/**
 * What a connection makes of a host's variables, as a run asks it before any contact.
 * @param vars what the inventory says of the host
 * @throws PlayError `input` for a variable that can't be used
 */
export function routeTo(
  type: ConnectionType,
  vars: Vars,
  { name = 'host1', defaults = {} }: { readonly name?: string; readonly defaults?: ConnectionDefaults } = {},
): Route {
  const place = (variable: string) => ({ file: `variables of ${name}`, line: lineOf(vars, variable) });
  return type.prepare(new VarReader({ name, vars, groups: ['all'], place }), defaults);
}

/** Each variable counts as a line of its own, in order. */
function lineOf(vars: Vars, variable: string): number {
  return Object.keys(vars).indexOf(variable) + 1;
}
