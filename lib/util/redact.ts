import type { Secret } from './secret.ts';
import { escapeQuotes } from './sh.ts';

/** Takes known secrets out of text that comes back from hosts. */
export class Redactor {
  /** Longest first: a secret that begins with another one must not leave its end behind. */
  #values: readonly string[] = [];

  add(...secrets: readonly Secret[]): void {
    const found = secrets.flatMap((secret) => secret.reveal().split(/\r?\n/).flatMap(spellings));
    // Shorter ones would blank out ordinary words.
    const fresh = found.filter((value) => value.length >= 4 && !this.#values.includes(value));
    if (fresh.length === 0) return;
    this.#values = [...new Set([...this.#values, ...fresh])].sort((a, b) => b.length - a.length);
  }

  /** The text, with every secret in it as `***`. */
  clean(text: string): string {
    return this.#values.reduce((cleaned, value) => cleaned.replaceAll(value, '***'), text);
  }
}

/** A line as it is, as a shell's trace quotes it, and as JSON writes it. */
function spellings(line: string): readonly string[] {
  return [line, escapeQuotes(line), JSON.stringify(line).slice(1, -1)];
}
