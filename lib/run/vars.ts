import type { ErrorObject, ValidateFunction } from 'ajv';
import { type ExtraVars, extraVarPlace } from '../inventory/extra-vars.ts';
import type { InventoryHost, Value, Vars } from '../inventory/inventory.ts';
import type { CheckedVars, RoleUse } from '../model/role.ts';
import type { Schema, VarsSchema } from '../model/schema.ts';
import { quickAjv } from '../util/ajv.ts';
import { filePlace, inputError, type Place } from '../util/errors.ts';
import { didYouMean } from '../util/nearest.ts';
import { reveal, Secret, secret } from '../util/secret.ts';

const ajv = quickAjv({ useDefaults: true, strict: false });
ajv.addFormat('secret', true);
/** By schema, then by the names of the properties that a validator looks at. */
const validators = new WeakMap<VarsSchema, Map<string, ValidateFunction>>();

/**
 * One host's variables for one role: `-e`, then what the playbook gives, then the inventory, then defaults.
 * @throws PlayError `input`, with the place of the value that is wrong
 */
export function roleVars(role: RoleUse, host: InventoryHost, extra: ExtraVars): CheckedVars {
  const { properties } = role.schema;
  const values: Record<string, unknown> = {};
  const defaults: Record<string, unknown> = {};
  const judged: string[] = [];
  for (const [name, schema] of Object.entries(properties)) {
    const value = pick(name, schema, role, host, extra);
    if (value !== undefined) values[name] = plain(value);
    if (value !== undefined || !isPlainDefault(schema)) judged.push(name);
    else if (schema.default !== undefined) defaults[name] = schema.default;
  }
  const validate = validatorOf(role.schema, judged);
  if (!validate(values)) throw wrongVariable(role, host, extra, validate.errors ?? [], values);
  return withSecrets({ ...defaults, ...values }, role.schema) as CheckedVars;
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

/** Whether what stands for a missing value is known without a validator: nothing, or a value with nothing in it. */
function isPlainDefault(schema: Schema): schema is Schema & { readonly default?: unknown } {
  const value = 'default' in schema ? schema.default : undefined;
  return typeof value !== 'object' || value === null;
}

/** Made for the properties that are judged alone: most are not given, and each takes its time to compile. */
function validatorOf(schema: VarsSchema, judged: readonly string[]): ValidateFunction {
  const known = validators.get(schema) ?? new Map<string, ValidateFunction>();
  validators.set(schema, known);
  const key = judged.join();
  const properties = Object.fromEntries(judged.map((name) => [name, schema.properties[name]]));
  const validate = known.get(key) ?? ajv.compile({ ...schema, properties });
  known.set(key, validate);
  return validate;
}

/** @throws PlayError `input` for a variable that begins like one of the roles' own and isn't */
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
    if (known.has(name) || former.has(name)) return;
    const owner = roles.find((role) => isOwn(role, name));
    if (owner === undefined) return;
    throw inputError(`unknown variable ${name} for role ${owner?.name}`, {
      where: place(),
      next:
        didYouMean(name, known) ??
        `the role's variables are: ${Object.keys(owner?.schema.properties ?? {}).join(', ')}`,
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

/** Whether a variable of this name could only be the role's. */
function isOwn({ prefix, otherPrefixes = [] }: RoleUse, name: string): boolean {
  return prefix !== '' && name.startsWith(prefix) && !otherPrefixes.some((longer) => name.startsWith(longer));
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

function pick(
  name: string,
  schema: Schema & { readonly formerly?: readonly string[] },
  role: RoleUse,
  host: InventoryHost,
  extra: ExtraVars,
): unknown {
  const written = writtenName(extra.vars, name, schema);
  if (written !== undefined) {
    const value = extra.vars[written];
    return extra.loose.has(written) && typeof value === 'string' ? fromText(value, schema) : value;
  }
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

/** A copy in plain data, as the validator wants it. */
function plain(value: unknown): unknown {
  return mapped(value, (leaf) => (leaf instanceof Secret ? reveal(leaf) : leaf));
}

/** A copy with everything wrapped that the schema calls secret, however deep, even where it is no text. */
function withSecrets(value: unknown, schema: Schema | VarsSchema): unknown {
  if (schema.type === 'string') {
    return schema.format === 'secret' && value !== undefined ? secret(String(value)) : value;
  }
  if (schema.type === 'array' && Array.isArray(value))
    return value.map((item) => withSecrets(item, schema.items));
  if (schema.type === 'object' && typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        const inner = 'properties' in schema ? schema.properties[key] : schema.additionalProperties;
        return [key, inner === undefined ? item : withSecrets(item, inner)];
      }),
    );
  }
  return value;
}

function mapped(value: unknown, leaf: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapped(item, leaf));
  if (typeof value !== 'object' || value === null || value instanceof Secret) return leaf(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, leaf)]));
}

function wrongVariable(
  role: RoleUse,
  host: InventoryHost,
  extra: ExtraVars,
  errors: readonly ErrorObject[],
  values: Readonly<Record<string, unknown>>,
) {
  const [error] = errors;
  const missing =
    error?.keyword === 'required' && error.instancePath === '' ? String(error.params.missingProperty) : '';
  if (missing !== '') {
    return inputError(`${role.kind ?? 'role'} ${role.name} needs the variable ${missing}`, {
      where: ownerOf(role, host),
      why: role.schema.properties[missing]?.description,
      next:
        role.kind === 'playbook'
          ? `say -e ${missing}=…`
          : `set ${missing} in the inventory${role.kind === 'play' ? '' : ', in the playbook'} or with -e ${missing}=…`,
    });
  }
  const [, name = ''] = error?.instancePath.split('/') ?? [];
  const schema = role.schema.properties[name];
  const rest = error?.instancePath.split('/').slice(2).join('.') ?? '';
  const shown = schema ? shownValue(values[name], schema) : JSON.stringify(values[name]);
  const allowed =
    error?.keyword === 'enum' ? `: ${(error.params.allowedValues as unknown[]).join(', ')}` : '';
  return inputError(
    `variable ${name}${rest && `.${rest}`} of ${role.kind ?? 'role'} ${role.name} ${error?.message}${allowed}`,
    {
      where: { ...ownerOf(role, host), ...placeOf(name, role, host, extra) },
      why: `it is ${shown}${schema ? `; ${schema.description}` : ''}`,
    },
  );
}

function shownValue(value: unknown, schema: Schema): string {
  const text = JSON.stringify(withSecrets(value, schema));
  return text === '"***"' ? '***' : text;
}

/** A playbook's parameters are no host's. */
function ownerOf({ kind }: RoleUse, { name }: InventoryHost): Place {
  return kind === 'playbook' ? {} : { host: name };
}

function placeOf(name: string, role: RoleUse, host: InventoryHost, extra: ExtraVars): Place {
  const schema = role.schema.properties[name] ?? {};
  const written = writtenName(extra.vars, name, schema);
  if (written !== undefined) return extraVarPlace(extra, written);
  if (role.given[name] !== undefined) return { file: 'the playbook' };
  return host.place(writtenName(host.vars, name, schema) ?? name);
}
