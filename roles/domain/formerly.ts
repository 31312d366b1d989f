import type { VarsSchema } from '../../lib/index.ts';

/** Notes for all parameters of an operation which variables they replace: the name after each of `prefixes`. */
export function replacing<const P extends VarsSchema['properties']>(
  prefixes: readonly string[],
  properties: P,
): P {
  const noted = Object.entries(properties).map(([name, property]) => [
    name,
    { formerly: prefixes.map((prefix) => prefix + name), ...property },
  ]);
  return Object.fromEntries(noted) as P;
}

/** Notes for all variables that begin with `prefix` that they began with `before` in earlier releases. */
export function formerly<const P extends VarsSchema['properties']>(
  before: string,
  prefix: string,
  properties: P,
): P {
  const noted = Object.entries(properties).map(([name, property]) => [
    name,
    name.startsWith(prefix) ? { formerly: [before + name.slice(prefix.length)], ...property } : property,
  ]);
  return Object.fromEntries(noted) as P;
}
