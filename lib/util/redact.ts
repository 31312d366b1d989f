import type { Secret } from './secret.ts';
import { escapeQuotes } from './sh.ts';

/** Removes known secrets from text that hosts return. */
export class Redactor {
  /** Longest first: otherwise the rest of a secret that begins with another one would stay visible. */
  #values: readonly string[] = [];

  add(...secrets: readonly Secret[]): void {
    const found = secrets.flatMap((secret) => secret.reveal().split(/\r?\n/).flatMap(spellings));
    // Shorter ones would also match in ordinary words.
    const fresh = found.filter((value) => value.length >= 4 && !this.#values.includes(value));
    if (fresh.length === 0) return;
    this.#values = [...new Set([...this.#values, ...fresh])].sort((a, b) => b.length - a.length);
  }

  /** The text with every secret replaced with `***`. */
  clean(text: string): string {
    return this.#values.reduce((cleaned, value) => cleaned.replaceAll(value, '***'), text);
  }
}

/** A line unchanged, as quoted in a shell trace, and as escaped in JSON. */
function spellings(line: string): readonly string[] {
  return [line, escapeQuotes(line), JSON.stringify(line).slice(1, -1)];
}
