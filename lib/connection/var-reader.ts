import type { InventoryHost, Value } from '../inventory/inventory.ts';
import { inputError, type PlayError } from '../util/errors.ts';
import { Secret } from '../util/secret.ts';

/**
 * Reads the variables of one host that say how it is reached. Names that mean the same are given together: the last one
 * that is set counts, as with Ansible. A variable that is missing, null or empty counts as not set. Errors are PlayErrors
 * of kind `input` with the place of the variable.
 */
export class VarReader {
  readonly host: InventoryHost;

  constructor(host: InventoryHost) {
    this.host = host;
  }

  /** A text or a number, as text. @throws PlayError `input` for anything else */
  text(names: readonly string[]): string | undefined {
    const name = this.nameOf(names);
    if (name === undefined) return undefined;
    const value = this.host.vars[name];
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string') throw this.wrong(name, `${name} must be text, not ${kindOf(value)}`);
    return value;
  }

  /** The same, for what must never be shown. */
  secret(names: readonly string[]): Secret | undefined {
    const name = this.nameOf(names);
    if (name === undefined) return undefined;
    const value: unknown = this.host.vars[name];
    if (value instanceof Secret) return value;
    if (typeof value === 'string' || typeof value === 'number') return new Secret(String(value));
    throw this.wrong(name, `${name} must be text`);
  }

  /** A whole number within limits, also written as text. @throws PlayError `input` */
  whole(names: readonly string[], least: number, most: number): number | undefined {
    const name = this.nameOf(names);
    if (name === undefined) return undefined;
    const value = this.host.vars[name];
    // `-e name=value` gives text only.
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most)
      return number;
    throw this.wrong(
      name,
      `${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(value)}`,
    );
  }

  /** True or false, also written as Ansible's users write it. @throws PlayError `input` */
  flag(names: readonly string[]): boolean | undefined {
    const name = this.nameOf(names);
    if (name === undefined) return undefined;
    const value = this.host.vars[name];
    if (value === true || /^(true|yes|1)$/i.test(String(value))) return true;
    if (value === false || /^(false|no|0)$/i.test(String(value))) return false;
    throw this.wrong(name, `${name} must be true or false`);
  }

  /** The name that counts, of several that mean the same; undefined when none is set. */
  nameOf(names: readonly string[]): string | undefined {
    const isSet = (value: Value | undefined) => value !== undefined && value !== null && value !== '';
    return names.findLast((name) => isSet(this.host.vars[name]));
  }

  /** An error with the place of a variable. */
  wrong(name: string, what: string, next?: string): PlayError {
    return inputError(what, { where: { host: this.host.name, ...this.host.place(name) }, next });
  }
}

function kindOf(value: Value | undefined): string {
  if (Array.isArray(value)) return 'a list';
  return value !== null && typeof value === 'object' ? 'a map' : String(value);
}
