import { version } from './package.ts';

/** What one copy of the library recognizes from another one. */
export type Kind = 'secret' | 'script' | 'error' | 'role';

/**
 * The version of what copies of the library use of each other: the members of `Secret`, `Script`, `PlayError`, `Task`,
 * `RoleUse` and `StepContext`. A change that an older copy cannot work with raises it.
 */
const CONTRACT = 1;

/** A brand of this copy: what it is compatible with, and its own version for messages. */
interface Brand {
  readonly contract: number;
  readonly version: string;
}

const ours: Brand = {
  contract: CONTRACT,
  get version() {
    return version();
  },
};

/**
 * Marks an object, or the prototype of a class, as made by ts-play. A role in a package may use a copy of the library of
 * its own, where classes are other classes; a registered symbol is the same in all copies. Data can't have the key.
 */
export function brand<T extends object>(target: T, kind: Kind): T {
  return Object.defineProperty(target, Symbol.for(`ts-play.${kind}`), { value: ours });
}

/** Makes `instanceof` true for instances of any compatible copy of the class. A subclass has instances of its own alone. */
export function brandClass(type: { readonly prototype: object }, kind: Kind): void {
  brand(type.prototype, kind);
  Object.defineProperty(type, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      return this === type
        ? isBranded(value, kind)
        : Function.prototype[Symbol.hasInstance].call(this, value);
    },
  });
}

/** Whether some compatible copy of ts-play made the value. */
export function isBranded(value: unknown, kind: Kind): boolean {
  return brandOf(value, kind)?.contract === CONTRACT;
}

/** The version of the incompatible copy of ts-play that made the value; undefined for everything else. */
export function foreignVersion(value: unknown, kind: Kind): string | undefined {
  const found = brandOf(value, kind);
  return found === undefined || found.contract === CONTRACT ? undefined : String(found.version);
}

function brandOf(value: unknown, kind: Kind): Brand | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Readonly<Record<symbol, Brand | undefined>>)[Symbol.for(`ts-play.${kind}`)];
}
