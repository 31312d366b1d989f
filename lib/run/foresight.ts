import type { Pending, Task } from '../model/task.ts';

type Foreseen = Pick<Task, 'title' | 'claims'>;

/** What check mode has foreseen for one host, over all plays and roles of the run. */
export class Foresight {
  readonly #pending: Pending[] = [];
  readonly #done = new Map<string, string>();
  #awaited: string | undefined;

  /** What earlier tasks would have changed or might have, in order. */
  get pending(): readonly Pending[] {
    return this.#pending;
  }

  /** The last task that something which can't be told now may be waiting for. */
  get awaited(): string | undefined {
    return this.#awaited;
  }

  /** The task would change what it looks after. */
  changed({ title, claims }: Foreseen): void {
    this.unknown({ title, claims });
    for (const [thing, word] of Object.entries(claims)) this.#done.set(thing, word);
  }

  /** It can't be told whether the task would change something. */
  unknown({ title, claims }: Foreseen): void {
    this.#pending.push({ task: title, claims });
    this.#awaited = title;
  }

  /** A task in this host's order would change another host, or might: what comes after it may build on that. */
  elsewhere({ title }: Foreseen): void {
    this.#awaited = title;
  }

  /** Whether earlier tasks would have done all that this one looks after, so that it would find it done. */
  covers({ claims }: Foreseen): boolean {
    const entries = Object.entries(claims);
    return entries.length > 0 && entries.every(([thing, word]) => this.#done.get(thing) === word);
  }
}
