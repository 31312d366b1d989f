import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { brandClass } from './brand.ts';

/**
 * A value that prints as `***` wherever it is converted to text: logs, JSON, errors, diffs.
 * Only {@link Secret.reveal} returns it, for the one place it may be sent to: a host's stdin.
 * A secret of another copy of the library is an instance, too.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value in plain text. */
  reveal(): string {
    return this.#value;
  }

  /** Hex SHA-256 of the value, to compare without showing it; only for values that can't be guessed. */
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

/** Marks a value as secret; a Secret is returned unchanged. */
export function secret(value: string | Secret): Secret {
  return value instanceof Secret ? value : new Secret(value);
}

/** The value in plain text, whether or not it is a secret. */
export function reveal(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value;
}
