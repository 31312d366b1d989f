import { notified } from '../model/handler.ts';
import type { Change, Pending, Task } from '../model/task.ts';
import type { PlayError } from '../util/errors.ts';

import type { Foresight } from './foresight.ts';
import { describeChange, type TaskOutcome } from './outcome.ts';

type Predicted = Omit<TaskOutcome, 'durationMs'>;

/** What check mode says of one host's tasks, in their order: what they would do, and what can't be told yet. */
export class Prediction {
  readonly #foresight: (on: string | undefined) => Foresight;
  /** Handlers that were seen notified. */
  readonly #wouldNotify = new Set<string>();
  /** Handlers of tasks that could not be judged. */
  readonly #mayNotify = new Map<string, string>();

  /** @param foresight the memory of the host itself, or of the one that a task's `on` names */
  constructor(foresight: (on: string | undefined) => Foresight) {
    this.#foresight = foresight;
  }

  /** What earlier tasks would have changed on the task's host. */
  pending(task: Task): readonly Pending[] {
    return this.#of(task).pending;
  }

  /** The earlier task that this one may be waiting for: one on its own host, or one before it in the order. */
  awaited(task: Task): string | undefined {
    return this.#of(task).awaited ?? this.#foresight(undefined).awaited;
  }

  /** What a task would do whose host differs in this. */
  of(task: Task, changes: readonly Change[]): Predicted {
    if (task.wait && changes.length > 0) {
      const reason = `it would be waited for: ${changes.map(describeChange).join('; ')}`;
      return { status: 'unknown', changes: [], reason };
    }
    const owed = task.type === 'handler' && this.#wouldNotify.has(task.title);
    const notifier = task.type === 'handler' ? this.#mayNotify.get(task.title) : undefined;
    if (changes.length === 0 && !owed && notifier !== undefined) {
      return { status: 'unknown', changes, reason: `it runs if "${notifier}" changes something` };
    }
    if (!owed && (changes.length === 0 || this.#of(task).covers(task))) return { status: 'ok', changes: [] };
    this.#foresee('changed', task);
    for (const handler of notified(task)) this.#wouldNotify.add(handler.name);
    return { status: 'changed', changes: owed ? [{ what: 'owed', to: 'run' }] : changes };
  }

  /** A task that can't be judged: what can't be told now may well be told once the earlier changes are made. */
  failed(task: Task, error: PlayError): Predicted {
    const awaited = this.awaited(task);
    if (awaited === undefined) return { status: 'failed', changes: [], error };
    this.#foresee('unknown', task);
    for (const { name } of notified(task)) this.#mayNotify.set(name, task.title);
    return { status: 'unknown', changes: [], reason: `${error.what}; it waits for "${awaited}"` };
  }

  #of({ options }: Task): Foresight {
    return this.#foresight(options.on);
  }

  #foresee(what: 'changed' | 'unknown', task: Task): void {
    this.#of(task)[what](task);
    if (task.options.on !== undefined) this.#foresight(undefined).elsewhere(task);
  }
}
