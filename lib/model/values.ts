import type { ErrorObject, ValidateFunction } from 'ajv';
import { quickAjv } from '../util/ajv.ts';
import { reveal, Secret, secret } from '../util/secret.ts';
import type { CheckedVars } from './role.ts';
import type { Schema, VarsSchema } from './schema.ts';

/** Why a value does not fit its schema, in parts of a sentence. */
export interface ValueProblem {
  /** The variable or parameter. */
  readonly name: string;
  /** It is required and was not given. */
  readonly missing: boolean;
  /** The name, with the way to the wrong part of its value: `limits.max`. */
  readonly path: string;
  /** As in `must be integer`. */
  readonly rule: string;
  /** What the value is, secrets hidden, and what it is for. */
  readonly why: string;
}

/** Values with defaults filled in and secrets wrapped; with a problem they are as they were given. */
export interface CheckedValues {
  readonly values: CheckedVars;
  readonly problem?: ValueProblem;
}

const ajv = quickAjv({ useDefaults: true, strict: false });
ajv.addFormat('secret', true);
/** By schema, then by the names of the properties that a validator looks at. */
const validators = new WeakMap<VarsSchema, Map<string, ValidateFunction>>();

/** Checks values by their schema. One that is undefined counts as not given; names that the schema lacks are left out. */
export function checkValues(schema: VarsSchema, given: Readonly<Record<string, unknown>>): CheckedValues {
  const values: Record<string, unknown> = {};
  const defaults: Record<string, unknown> = {};
  const judged: string[] = [];
  for (const [name, property] of Object.entries(schema.properties)) {
    const value = given[name];
    if (value !== undefined) values[name] = plain(value);
    if (value !== undefined || !isPlainDefault(property)) judged.push(name);
    else if (property.default !== undefined) defaults[name] = property.default;
  }
  const validate = validatorOf(schema, judged);
  if (!validate(values)) return { values: given, problem: problemOf(schema, validate.errors ?? [], values) };
  return { values: withSecrets({ ...defaults, ...values }, schema) as CheckedVars };
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

function problemOf(
  schema: VarsSchema,
  [error]: readonly ErrorObject[],
  values: Readonly<Record<string, unknown>>,
): ValueProblem {
  const missing =
    error?.keyword === 'required' && error.instancePath === ''
      ? String(error.params['missingProperty'])
      : undefined;
  if (missing !== undefined) {
    const why = schema.properties[missing]?.description ?? '';
    return { name: missing, missing: true, path: missing, rule: 'is required', why };
  }
  const [, name = '', ...rest] = error?.instancePath.split('/') ?? [];
  const property = schema.properties[name];
  const shown = property ? shownValue(values[name], property) : JSON.stringify(values[name]);
  const allowed =
    error?.keyword === 'enum' ? `: ${(error.params['allowedValues'] as unknown[]).join(', ')}` : '';
  return {
    name,
    missing: false,
    path: [name, ...rest].join('.'),
    rule: `${error?.message}${allowed}`,
    why: `it is ${shown}${property ? `; ${property.description}` : ''}`,
  };
}

function shownValue(value: unknown, schema: Schema): string {
  const text = JSON.stringify(withSecrets(value, schema));
  return text === '"***"' ? '***' : text;
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
