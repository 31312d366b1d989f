import { type ExtraVars, extraVarPlace } from '../inventory/extra-vars.ts';
import type { InventoryHost, Value, Vars } from '../inventory/inventory.ts';
import type { CheckedVars, RoleUse } from '../model/role.ts';
import type { Schema, VarsSchema } from '../model/schema.ts';
import { checkValues, type ValueProblem } from '../model/values.ts';
import { filePlace, inputError, type Place, type PlayError } from '../util/errors.ts';
import { didYouMean, isTypo } from '../util/nearest.ts';

/**
 * One host's variables for one role: `-e`, then what the playbook gives, then the inventory, then defaults.
 * @throws PlayError `input`, with the place of the value that is wrong
 */
export function roleVars(role: RoleUse, host: InventoryHost, extra: ExtraVars): CheckedVars {
  const given = Object.entries(role.schema.properties).map(
    ([name, schema]) => [name, pick(name, schema, role, host, extra)] as const,
  );
  const { values, problem } = checkValues(role.schema, Object.fromEntries(given));
  if (problem !== undefined) throw wrongVariable(role, host, extra, problem);
  return values;
}

/** By schema, then by the name of a variable: the schema of that variable alone. */
const alone = new WeakMap<VarsSchema, Map<string, VarsSchema>>();

/**
 * One of a host's variables for a role, whether or not the others are good; undefined where it is not set.
 * @throws PlayError `input`, with the place of the value
 */
export function roleVar(role: RoleUse, host: InventoryHost, extra: ExtraVars, name: string): unknown {
  return roleVars({ ...role, schema: schemaOf(role.schema, name) }, host, extra)[name];
}

function schemaOf(schema: VarsSchema, name: string): VarsSchema {
  const known = alone.get(schema) ?? new Map<string, VarsSchema>();
  alone.set(schema, known);
  const { [name]: property } = schema.properties;
  const single: VarsSchema = known.get(name) ?? {
    type: 'object',
    additionalProperties: false,
    properties: property === undefined ? {} : { [name]: property },
  };
  known.set(name, single);
  return single;
}

/**
 * @throws PlayError `input` for a variable that begins like one of the roles' own and isn't, or that has become a
 * parameter of an operation
 */
export function refuseUnknownVars(
  roles: readonly RoleUse[],
  hosts: readonly InventoryHost[],
  extra: ExtraVars,
): void {
  const known = new Set(roles.flatMap(({ schema }) => Object.keys(schema.properties)));
  const former = new Set(
    roles.flatMap(({ schema }) => Object.values(schema.properties).flatMap(formerNames)),
  );
  const check = (name: string, place: () => Place) => {
    const parameter = roles.flatMap((role) => parameterOf(role, name) ?? [])[0];
    if (parameter !== undefined) {
      throw inputError(`${name} is no longer a variable: it is ${parameter}`, {
        where: place(),
        next: 'give it where the playbook uses the operation, or as an option behind a playbook that has it: see --help',
      });
    }
    if (known.has(name) || former.has(name)) return;
    const owner = roles.find((role) => isOwn(role, name)) ?? roles.find((role) => isMisspelt(name, role));
    if (owner === undefined) return;
    throw inputError(`unknown variable ${name} for role ${owner.name}`, {
      where: place(),
      next:
        didYouMean(name, known) ??
        didYouMean(name, former) ??
        `the role's variables are: ${Object.keys(owner.schema.properties).join(', ')}`,
    });
  };
  for (const name of Object.keys(extra.vars)) check(name, () => extraVarPlace(extra, name));
  for (const host of hosts) {
    for (const name of Object.keys(host.vars)) check(name, () => ({ host: host.name, ...host.place(name) }));
  }
  for (const role of roles) {
    for (const name of Object.keys(role.given)) {
      if (!(name in role.schema.properties)) {
        throw inputError(`unknown variable ${name} for role ${role.name}`, {
          where: { file: 'the playbook' },
          next: renamedTo(name, role.schema) ?? didYouMean(name, Object.keys(role.schema.properties)),
        });
      }
    }
  }
}

/** What a variable has become: a parameter of this operation, in words. */
function parameterOf({ name: operation, params }: RoleUse, name: string): string | undefined {
  const [parameter] =
    Object.entries(params?.properties ?? {}).find(([, schema]) => formerNames(schema).includes(name)) ?? [];
  return parameter && `the parameter ${parameter} of the operation ${operation}`;
}

/** Whether a variable of this name could only be the role's. */
function isOwn({ prefix, otherPrefixes = [] }: RoleUse, name: string): boolean {
  return prefix !== '' && name.startsWith(prefix) && !otherPrefixes.some((longer) => name.startsWith(longer));
}

/** Whether a variable is a typing error away from a former name of one of the role's: no prefix claims those any more. */
function isMisspelt(name: string, { schema }: RoleUse): boolean {
  return Object.values(schema.properties)
    .flatMap(formerNames)
    .some((former) => isTypo(name, former));
}

function renamedTo(former: string, { properties }: VarsSchema): string | undefined {
  const [name] = Object.entries(properties).find(([, schema]) => formerNames(schema).includes(former)) ?? [];
  return name === undefined ? undefined : `it is now called ${name}`;
}

export function formerNames({ formerly = [] }: { readonly formerly?: readonly string[] }): readonly string[] {
  return formerly;
}

/** A sentence for each variable that is written by a name it had before, with its place. */
export function renamedVars(
  roles: readonly RoleUse[],
  hosts: readonly InventoryHost[],
  extra: ExtraVars,
): readonly string[] {
  const schemas = [...new Set(roles.map(({ schema }) => schema))];
  const texts = schemas.flatMap(({ properties }) =>
    Object.entries(properties).flatMap(([name, schema]) =>
      formerNames(schema).flatMap((former) => {
        const places = [
          ...(Object.hasOwn(extra.vars, former) ? [extraVarPlace(extra, former)] : []),
          ...hosts.flatMap((host) => (Object.hasOwn(host.vars, former) ? [host.place(former)] : [])),
        ];
        const written = [...new Set(places.map((place) => filePlace(place)))].filter(Boolean).join(', ');
        return places.length === 0
          ? []
          : [`${former} is now called ${name}${written && ` (${written})`}: rename it`];
      }),
    ),
  );
  return [...new Set(texts)];
}

/** The value that `-e` gives a variable, by its own name or one that it had before; undefined when it gives none. */
export function extraVar(
  extra: ExtraVars,
  name: string,
  schema: Schema & { readonly formerly?: readonly string[] },
): Value | undefined {
  const written = writtenName(extra.vars, name, schema);
  if (written === undefined) return undefined;
  const value = extra.vars[written];
  return extra.loose.has(written) && typeof value === 'string' ? fromText(value, schema) : value;
}

function pick(
  name: string,
  schema: Schema & { readonly formerly?: readonly string[] },
  role: RoleUse,
  host: InventoryHost,
  extra: ExtraVars,
): unknown {
  const said = extraVar(extra, name, schema);
  if (said !== undefined) return said;
  if (role.given[name] !== undefined) return role.given[name];
  const own = writtenName(host.vars, name, schema);
  return own === undefined ? undefined : host.vars[own];
}

/** The name that a variable has among these: its own, or one that it had before. */
function writtenName(
  vars: Vars,
  name: string,
  schema: { readonly formerly?: readonly string[] },
): string | undefined {
  return [name, ...formerNames(schema)].find((each) => Object.hasOwn(vars, each));
}

/** `-e port=5672` is text; where the schema wants no text it is read as JSON, so that `false` is false. */
export function fromText(text: string, schema: Schema): Value {
  if (schema.type === 'string') return text;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return text;
  }
}

function wrongVariable(
  role: RoleUse,
  host: InventoryHost,
  extra: ExtraVars,
  problem: ValueProblem,
): PlayError {
  const { name, missing } = problem;
  const kind = role.kind ?? 'role';
  if (missing) {
    return inputError(`${kind} ${role.name} needs the variable ${name}`, {
      where: { host: host.name },
      why: role.schema.properties[name]?.description,
      next: `set ${name} in the inventory${role.kind === 'play' ? '' : ', in the playbook'} or with -e ${name}=…`,
    });
  }
  return inputError(`variable ${problem.path} of ${kind} ${role.name} ${problem.rule}`, {
    where: { host: host.name, ...placeOf(name, role, host, extra) },
    why: problem.why,
  });
}

function placeOf(name: string, role: RoleUse, host: InventoryHost, extra: ExtraVars): Place {
  const schema = role.schema.properties[name] ?? {};
  const written = writtenName(extra.vars, name, schema);
  if (written !== undefined) return extraVarPlace(extra, written);
  if (role.given[name] !== undefined) return { file: 'the playbook' };
  return host.place(writtenName(host.vars, name, schema) ?? name);
}
