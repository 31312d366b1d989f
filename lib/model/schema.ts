import type { Secret } from '../util/secret.ts';

interface Described {
  /** Names that it had before. They still work in the inventory and with `-e`, with a warning. */
  readonly formerly?: readonly string[];
  /** One sentence for the README's table and the editor. */
  readonly description: string;
}

/** The part of JSON Schema (draft 7) that variables are described in: what `VarsOf` can turn into a type. */
export type Schema =
  | { readonly type: 'boolean'; readonly default?: boolean }
  | {
      readonly type: 'integer' | 'number';
      readonly default?: number;
      readonly minimum?: number;
      readonly maximum?: number;
    }
  | {
      readonly type: 'string';
      readonly default?: string;
      readonly enum?: readonly string[];
      readonly pattern?: string;
      readonly minLength?: number;
      readonly maxLength?: number;
      /** `secret`: the value becomes a {@link Secret}. */
      readonly format?: 'secret';
    }
  | {
      readonly type: 'array';
      readonly items: Schema;
      readonly default?: readonly unknown[];
      readonly minItems?: number;
      readonly uniqueItems?: boolean;
    }
  | {
      readonly type: 'object';
      readonly additionalProperties: Schema;
      readonly default?: Readonly<Record<string, unknown>>;
    }
  | {
      readonly type: 'object';
      readonly properties: Readonly<Record<string, Schema>>;
      readonly required?: readonly string[];
      readonly additionalProperties: false;
    };

/** A role's variables: every one is described. */
export interface VarsSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Schema & Described>>;
  readonly required?: readonly string[];
  readonly additionalProperties: false;
}

/** The TypeScript type of a value that passed its schema. */
export type TypeOf<S> = S extends { readonly type: 'string' }
  ? S extends { readonly format: 'secret' }
    ? Secret
    : S extends { readonly enum: readonly (infer E)[] }
      ? E
      : string
  : S extends { readonly type: 'boolean' }
    ? boolean
    : S extends { readonly type: 'integer' | 'number' }
      ? number
      : S extends { readonly type: 'array'; readonly items: infer I }
        ? readonly TypeOf<I>[]
        : S extends { readonly type: 'object'; readonly properties: infer P }
          ? ObjectOf<P, RequiredOf<S>>
          : S extends { readonly type: 'object'; readonly additionalProperties: infer A }
            ? Readonly<Record<string, TypeOf<A>>>
            : never;

type RequiredOf<S> = S extends { readonly required: readonly (infer R)[] } ? R : never;

/** Names that always have a value once checked: required ones and those with a default. */
type Present<P, R> = {
  [K in keyof P]: K extends R ? K : P[K] extends { readonly default: unknown } ? K : never;
}[keyof P];

type ObjectOf<P, R> = { readonly [K in Present<P, R>]: TypeOf<P[K]> } & {
  readonly [K in Exclude<keyof P, Present<P, R>>]?: TypeOf<P[K]> | undefined;
};

/** The variables as a role receives them: checked, defaults filled in. */
export type VarsOf<S extends VarsSchema> = TypeOf<S>;

/** One variable, as another role reads it: undefined where it is not set and has no default. */
export type SettingOf<S extends VarsSchema, K extends keyof S['properties']> = S['properties'][K] extends {
  readonly default: unknown;
}
  ? TypeOf<S['properties'][K]>
  : TypeOf<S['properties'][K]> | undefined;

type GivenOf<T> = T extends Secret ? Secret | string : T;

/** The variables as a playbook may give them: any of them, the rest comes from the inventory. */
export type GivenVars<S extends VarsSchema> = {
  readonly [K in keyof S['properties']]?: GivenOf<TypeOf<S['properties'][K]>> | undefined;
};

/** Parameters as an operation may be given them: required ones, and any of the others. */
export type GivenParams<S extends VarsSchema> = {
  readonly [K in Extract<keyof S['properties'], RequiredOf<S>>]: GivenOf<TypeOf<S['properties'][K]>>;
} & {
  readonly [K in Exclude<keyof S['properties'], RequiredOf<S>>]?:
    | GivenOf<TypeOf<S['properties'][K]>>
    | undefined;
};
