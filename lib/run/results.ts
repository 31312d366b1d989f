import type { TaskOutcome } from './outcome.ts';
import type { Progress } from './progress.ts';

/** Tells how the tasks of one host's step ended: each once, also a handler that runs before a wait and again at the end. */
export class Results {
  readonly #count: number;
  readonly #progress: Progress;
  readonly #told = new Set<number>();
  /** What was done and is not told yet. */
  readonly #held = new Map<number, TaskOutcome>();

  constructor(count: number, progress: Progress) {
    this.#count = count;
    this.#progress = progress;
  }

  isTold(index: number): boolean {
    return this.#told.has(index);
  }

  /** Keeps back what a task has done, since it may have to do it once more. */
  hold(index: number, outcome: TaskOutcome): void {
    const held = this.#held.get(index);
    this.#held.set(index, held ? twice(held, outcome) : outcome);
    this.#progress.applied(index);
  }

  /** @returns false when it failed */
  tell(index: number, outcome: TaskOutcome): boolean {
    const held = this.#held.get(index);
    this.#told.add(index);
    this.#progress.done(index, held ? twice(held, outcome) : outcome);
    return outcome.status !== 'failed';
  }

  /** A task failed: what has not been told was not got to, or is told as it was left. */
  skipRest(): void {
    this.tellHeld();
    for (let index = 0; index < this.#count; index += 1) {
      if (!this.#told.has(index))
        this.tell(index, { status: 'skipped', changes: [], reason: 'an earlier task failed', durationMs: 0 });
    }
  }

  /** However the step ends, what was done is told. */
  tellHeld(): void {
    for (const [index, outcome] of this.#held) {
      if (this.#told.has(index)) continue;
      this.#told.add(index);
      this.#progress.done(index, outcome);
    }
  }
}

/** Two runs of one task as one result. */
function twice(first: TaskOutcome, second: TaskOutcome): TaskOutcome {
  const durationMs = first.durationMs + second.durationMs;
  return { ...(second.status === 'failed' ? second : first), durationMs };
}
