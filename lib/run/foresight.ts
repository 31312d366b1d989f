import type { Pending, Task } from '../task.ts';

/** What check mode has foreseen for one host, over all plays and roles of the run. */
export class Foresight {
  readonly #pending: Pending[] = [];
  readonly #done = new Map<string, string>();

  /** What earlier tasks would have changed or might have, in order. */
  get pending(): readonly Pending[] {
    return this.#pending;
  }

  /** The task would change what it looks after. */
  changed({ title, claims }: Task): void {
    this.#pending.push({ task: title, claims });
    for (const [thing, word] of Object.entries(claims)) this.#done.set(thing, word);
  }

  /** It can't be told whether the task would change something. */
  unknown({ title, claims }: Task): void {
    this.#pending.push({ task: title, claims });
  }

  /** Whether earlier tasks would have done all that this one looks after, so that it would find it done. */
  covers({ claims }: Task): boolean {
    const entries = Object.entries(claims);
    return entries.length > 0 && entries.every(([thing, word]) => this.#done.get(thing) === word);
  }
}
