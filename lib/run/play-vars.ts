import { type ExtraVars, extraVarPlace } from '../inventory/extra-vars.ts';
import type { Inventory, InventoryHost, Vars } from '../inventory/inventory.ts';
import type { ParametricPlaybook, Play, Playbook } from '../model/play.ts';
import type { CheckedVars } from '../model/role.ts';
import { inputError } from '../util/errors.ts';
import { didYouMean } from '../util/nearest.ts';
import { allVars } from './plan.ts';
import { formerNames, roleVars } from './vars.ts';

/**
 * What a play's own tasks see of a host's variables: those of the play's schema, or everything if it has none.
 * @throws PlayError `input`, with the place of a value that does not fit the schema
 */
export function taskVars(
  { name, vars: schema }: Pick<Play, 'name' | 'vars'>,
  host: InventoryHost,
  extra: ExtraVars,
): Vars | CheckedVars {
  if (schema === undefined) return allVars(host, extra);
  const use = { kind: 'play', name, prefix: '', schema, given: {}, tags: [], steps: [] } as const;
  return roleVars({ ...use, validate: () => {} }, host, extra);
}

/**
 * Refuses a variable of `-e` that nothing declares, in a playbook whose plays declare theirs: the inventory and the
 * schemas of roles, plays and the playbook are all there is to override.
 * @throws PlayError `input`
 */
export function refuseUnknownExtraVars(
  asked: Playbook | ParametricPlaybook,
  { plays }: Playbook,
  inventory: Inventory,
  extra: ExtraVars,
): void {
  const own = plays.flatMap(({ vars }) => (vars === undefined ? [] : [vars]));
  if (own.length === 0) return;
  const ofRoles = plays.flatMap(({ roles = [] }) => roles).map(({ schema }) => schema);
  const schemas = [...own, ...ofRoles, ...('params' in asked ? [asked.params] : [])];
  const declared = new Set(
    schemas.flatMap(({ properties }) => [
      ...Object.keys(properties),
      ...Object.values(properties).flatMap(formerNames),
    ]),
  );
  const hosts = [...inventory.hosts.values()];
  for (const name of Object.keys(extra.vars)) {
    if (declared.has(name) || /^(ansible|lab)_/.test(name)) continue;
    if (hosts.some((host) => Object.hasOwn(host.vars, name))) continue;
    throw inputError(`unknown variable ${name}`, {
      where: extraVarPlace(extra, name),
      why: 'no play, no role and no line of the inventory has a variable of this name',
      next: didYouMean(name, declared) ?? `the playbook's variables are: ${[...declared].join(', ')}`,
    });
  }
}
