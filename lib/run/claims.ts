import type { Task } from '../model/task.ts';
import { PlayError } from '../util/errors.ts';

/** Remembers what one host's tasks look after in a play, and refuses two that would undo each other for ever. */
export class ClaimBook {
  readonly #held = new Map<string, { readonly word: string; readonly task: string }>();

  /** @throws PlayError `failed` that names both tasks */
  add(tasks: readonly Task[]): void {
    for (const { title, claims } of tasks) {
      for (const [thing, word] of Object.entries(claims)) {
        const held = this.#held.get(thing);
        if (held === undefined) this.#held.set(thing, { word, task: title });
        else if (held.word !== word) throw conflict(thing, held, { word, task: title });
      }
    }
  }
}

interface Claim {
  readonly word: string;
  readonly task: string;
}

function conflict(thing: string, first: Claim, second: Claim): PlayError {
  return new PlayError({
    kind: 'failed',
    what: `two tasks want ${thing} differently and would change it in turn for ever`,
    why: `"${first.task}" wants ${first.word}\n"${second.task}" wants ${second.word}`,
    next: 'let one task look after it',
    where: { task: second.task },
  });
}
