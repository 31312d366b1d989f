import { inspect } from 'node:util';
import { brandClass } from './brand.ts';
import { Secret } from './secret.ts';

/** What may stand in a hole of {@link sh}: quoted, except for a Script, which is code already. */
export type Hole = string | number | Secret | Script | readonly (string | number | Secret)[];

/** Code that shows as `***`, and the secret that stands in it, quoted however often. */
interface Hidden {
  readonly code: string;
  readonly of: Secret;
}

type ScriptPart = string | Hidden;

/** The parts of a script, for a script of another copy of the library that it is put into. */
const parts: unique symbol = Symbol.for('ts-play.script.parts');

/**
 * POSIX shell code, made only by the {@link sh} tag, so that every value in it is quoted.
 * Turned into text it shows its secrets as `***`; {@link Script.reveal} is for the target's stdin alone.
 * A script of another copy of the library is an instance, too.
 */
export class Script {
  readonly #parts: readonly ScriptPart[];

  private constructor(parts: readonly ScriptPart[]) {
    this.#parts = parts;
  }

  /** @internal Use the {@link sh} tag. */
  static fromTemplate(literals: readonly string[], holes: readonly Hole[]): Script {
    const all: ScriptPart[] = [];
    literals.forEach((literal, i) => {
      all.push(literal);
      const hole = holes[i];
      if (hole === undefined) return;
      if (hole instanceof Script) all.push(...hole[parts]);
      else all.push(...quoteHole(hole));
    });
    return new Script(all);
  }

  /** Scripts one after the other, a line each: a failing one can't hide behind `&&`. */
  static lines(scripts: readonly Script[]): Script {
    return new Script(scripts.flatMap((script, i) => (i === 0 ? script[parts] : ['\n', ...script[parts]])));
  }

  /** @internal Its text and its secrets, in order. */
  get [parts](): readonly ScriptPart[] {
    return this.#parts;
  }

  /** This script as one quoted word, for `sh -c`-like use through stdin or `eval`. */
  quoted(): Script {
    const inner = this.#parts.map((part) =>
      typeof part === 'string' ? escapeQuotes(part) : { ...part, code: escapeQuotes(part.code) },
    );
    return new Script(["'", ...inner, "'"]);
  }

  /** The code in the clear, secrets included. */
  reveal(): string {
    return this.#parts.map((part) => (typeof part === 'string' ? part : part.code)).join('');
  }

  /** The secrets that stand in the code, as they were before they were quoted. */
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
 * Shell code with every hole quoted: ``sh`rm -f ${path}` ``.
 * An array becomes several words, a Script is put in as it is, a Secret is quoted and never shown.
 * Use `String.raw`-like escapes: `\n` in the template reaches the shell as written.
 */
export function sh(literals: TemplateStringsArray, ...holes: Hole[]): Script {
  return Script.fromTemplate(literals.raw.map(unescapeTemplate), holes);
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

function quoteHole(hole: Exclude<Hole, Script>): ScriptPart[] {
  if (typeof hole === 'string' || typeof hole === 'number') return [quote(hole)];
  if (hole instanceof Secret) return [{ code: quote(hole.reveal()), of: hole }];
  return hole.flatMap((item, i) => (i === 0 ? quoteHole(item) : [' ', ...quoteHole(item)]));
}

/** Text as it stands between single quotes. */
export function escapeQuotes(text: string): string {
  return text.replaceAll("'", "'\\''");
}

/** Only what a template literal itself needs escaped is unescaped: a backtick, `${` and `\\`+newline stay shell's. */
function unescapeTemplate(raw: string): string {
  return raw.replaceAll('\\`', '`').replaceAll('\\${', '${');
}
