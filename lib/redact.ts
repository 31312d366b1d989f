import type { Secret } from './secret.ts';

/** Takes known secrets out of text that comes back from hosts. */
export class Redactor {
  readonly #values = new Set<string>();

  add(...secrets: readonly Secret[]): void {
    for (const secret of secrets) {
      for (const line of secret.reveal().split('\n')) {
        // Shorter ones would blank out ordinary words; a script's quoting is not part of the secret.
        const bare = line.replace(/^'|'$/g, '');
        if (bare.length >= 4) this.#values.add(bare);
      }
    }
  }

  /** The text, with every secret in it as `***`. */
  clean(text: string): string {
    let cleaned = text;
    for (const value of this.#values) cleaned = cleaned.replaceAll(value, '***');
    return cleaned;
  }
}
