import { inspect } from 'node:util';
import { brandClass } from './brand.ts';
import { Secret } from './secret.ts';

/** What `${…}` in {@link sh} accepts: values, which are quoted, and Scripts, which are inserted unchanged. */
export type Interpolated = string | number | Secret | Script | readonly (string | number | Secret)[];

/** Code that is shown as `***`: a secret, quoted once or several times. */
interface Hidden {
  readonly code: string;
  readonly of: Secret;
}

type ScriptPart = string | Hidden;

/** The parts of a script, for a script of another copy of the library that it is put into. */
const parts: unique symbol = Symbol.for('ts-play.script.parts');

/**
 * POSIX shell code, created only by the {@link sh} tag, so that every value in it is quoted.
 * As text it shows its secrets as `***`; {@link Script.reveal} is only for the host's stdin.
 * A script of another copy of the library is an instance, too.
 */
export class Script {
  readonly #parts: readonly ScriptPart[];

  private constructor(parts: readonly ScriptPart[]) {
    this.#parts = parts;
  }

  /** @internal Use the {@link sh} tag. */
  static fromTemplate(literals: readonly string[], values: readonly Interpolated[]): Script {
    const all: ScriptPart[] = [];
    literals.forEach((literal, i) => {
      all.push(literal);
      const value = values[i];
      if (value === undefined) return;
      if (value instanceof Script) all.push(...value[parts]);
      else all.push(...quoteValue(value));
    });
    return new Script(all);
  }

  /** Scripts one after the other, each on its own line: `&&` would hide a failure from `set -e`. */
  static lines(scripts: readonly Script[]): Script {
    return new Script(scripts.flatMap((script, i) => (i === 0 ? script[parts] : ['\n', ...script[parts]])));
  }

  /** @internal Its text and its secrets, in order. */
  get [parts](): readonly ScriptPart[] {
    return this.#parts;
  }

  /** This script as one quoted word, for `eval` or a nested shell. */
  quoted(): Script {
    const inner = this.#parts.map((part) =>
      typeof part === 'string' ? escapeQuotes(part) : { ...part, code: escapeQuotes(part.code) },
    );
    return new Script(["'", ...inner, "'"]);
  }

  /** The code in plain text, secrets included. */
  reveal(): string {
    return this.#parts.map((part) => (typeof part === 'string' ? part : part.code)).join('');
  }

  /** The secrets in the code, unquoted. */
  get secrets(): readonly Secret[] {
    return this.#parts.flatMap((part) => (typeof part === 'string' ? [] : [part.of]));
  }

  /** The code, with `***` for its secrets. */
  toString(): string {
    return this.#parts.map((part) => (typeof part === 'string' ? part : String(part.of))).join('');
  }

  /** The same text as {@link Script.toString}. */
  toJSON(): string {
    return this.toString();
  }

  /** What `console.log` shows: the code, with `***` for its secrets. */
  [inspect.custom](): string {
    return `sh\`${this.toString()}\``;
  }
}

brandClass(Script, 'script');

/**
 * Shell code with every value quoted: ``sh`rm -f ${path}` ``.
 * An array becomes several words, a Script is inserted unchanged, a Secret is quoted and never shown.
 * Escapes are those of `String.raw`: `\n` in the template reaches the shell unchanged.
 */
export function sh(literals: TemplateStringsArray, ...values: Interpolated[]): Script {
  return Script.fromTemplate(literals.raw.map(unescapeTemplate), values);
}

/** Joins scripts line by line; `undefined` and `false` are left out. */
export function lines(...scripts: (Script | undefined | false)[]): Script {
  return Script.lines(scripts.filter((script): script is Script => script instanceof Script));
}

/** A value as one word of POSIX sh. */
export function quote(value: string | number): string {
  const text = String(value);
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${escapeQuotes(text)}'`;
}

function quoteValue(value: Exclude<Interpolated, Script>): ScriptPart[] {
  if (typeof value === 'string' || typeof value === 'number') return [quote(value)];
  if (value instanceof Secret) return [{ code: quote(value.reveal()), of: value }];
  return value.flatMap((item, i) => (i === 0 ? quoteValue(item) : [' ', ...quoteValue(item)]));
}

/** Escapes a text for use between single quotes. */
export function escapeQuotes(text: string): string {
  return text.replaceAll("'", "'\\''");
}

/** Unescapes only backticks and `${`, which a template literal forces us to escape; the shell gets all other escapes. */
function unescapeTemplate(raw: string): string {
  return raw.replaceAll('\\`', '`').replaceAll('\\${', '${');
}
