import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { brandClass } from './brand.ts';

/**
 * A value that prints as `***` wherever it is turned into text: logs, JSON, errors, diffs.
 * Only {@link Secret.reveal} gives it back, for the one place it belongs: a target's stdin.
 * A secret of another copy of the library is an instance, too.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value in the clear. */
  reveal(): string {
    return this.#value;
  }

  /** Hex sha256 of the value, for comparing without showing; only for values nobody can guess. */
  fingerprint(): string {
    return createHash('sha256').update(this.#value).digest('hex');
  }

  /** Always `***`. */
  toString(): string {
    return '***';
  }

  /** Always `***`. */
  toJSON(): string {
    return '***';
  }

  /** Always `***`: what `console.log` shows. */
  [inspect.custom](): string {
    return '***';
  }
}

brandClass(Secret, 'secret');

/** Marks a value as secret; a Secret stays what it is. */
export function secret(value: string | Secret): Secret {
  return value instanceof Secret ? value : new Secret(value);
}

/** The value in the clear, whether or not it is a secret. */
export function reveal(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value;
}
