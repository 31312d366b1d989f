import type { Task } from '../model/task.ts';
import type { Answers } from './answers.ts';
import type { TaskOutcome } from './outcome.ts';
import { PendingHandlers } from './pending-handlers.ts';
import type { Progress } from './progress.ts';
import type { Results } from './results.ts';

export interface BeforeWaitOptions {
  readonly tasks: readonly Task[];
  readonly selected: (task: Task) => boolean;
  readonly answers: Answers;
  readonly results: Results;
  readonly progress: Progress;
  /** Looks at a task and makes its change, if there is one to make. */
  readonly run: (index: number, task: Task) => Promise<TaskOutcome>;
}

/**
 * Runs the pending handlers of one host's step before its tasks that wait: a handler that stood behind a wait which
 * depends on it would never get its turn, in this run or in any other.
 */
export class BeforeWait {
  readonly #options: BeforeWaitOptions;
  readonly #pending: PendingHandlers;

  constructor(options: BeforeWaitOptions) {
    this.#options = options;
    this.#pending = new PendingHandlers(options.tasks, options.selected);
  }

  /** A task is about to change something. */
  notifiedBy(task: Task): void {
    this.#pending.notifiedBy(task);
  }

  /** The names of handlers that tasks before this place notify and that have not run, as far as is known. */
  pending(index: number): readonly string[] {
    return this.#handlers(index).flatMap(([place, handler]) =>
      this.#pending.isDue(place) || this.#isOwed(place, handler) ? [handler.title] : [],
    );
  }

  /**
   * Before the wait is judged: runs what this run has notified so far, and what an earlier run owes. A handler that only
   * an earlier run owes and that a task behind the wait notifies too stays pending: it may fail, and take a service down,
   * for what that task is about to mend.
   * @returns false when one failed
   */
  async pay(wait: number): Promise<boolean> {
    for (const [place, handler] of this.#handlers(wait)) {
      const mayBeMended = !this.#pending.isDue(place) && this.#pending.mayFollow(wait, place);
      if (mayBeMended || !(await this.#isPending(place, handler, wait))) continue;
      const outcome = await this.#options.run(place, handler);
      if (outcome.status === 'failed') return this.#options.results.tell(place, outcome);
      this.#paid(place, outcome, wait);
    }
    return true;
  }

  /** At `flushHandlers`: runs all that tasks before it notify. @returns false when one of {@link pay} failed */
  async flush(place: number): Promise<boolean> {
    if (!(await this.pay(place))) return false;
    await this.payRest(place);
    return true;
  }

  /** At `flushHandlers` in check mode: tells which handlers would run there. The others may still be notified behind it. */
  async predict(flush: number): Promise<void> {
    for (const [place, handler] of this.#handlers(flush)) {
      if (this.#options.results.isTold(place)) continue;
      const outcome = await this.#options.run(place, handler);
      if (outcome.status === 'changed') this.#options.results.tell(place, outcome);
    }
  }

  /** When the wait does not hold: runs what {@link pay} has left pending. Where that fails, it has another turn. */
  async payRest(wait: number): Promise<void> {
    const { progress, run, tasks } = this.#options;
    for (const [place, handler] of this.#handlers(wait)) {
      if (!(await this.#isPending(place, handler, wait))) continue;
      const outcome = await run(place, handler);
      if (outcome.status !== 'failed') {
        this.#paid(place, outcome, wait);
        continue;
      }
      progress.applied(place);
      const why = [outcome.error?.what, outcome.error?.why].filter(Boolean).join(': ');
      progress.warn(
        `"${handler.title}", owed from an earlier run, was tried before "${tasks[wait]?.title}" and failed: ${why}. It runs again after the tasks that notify it.`,
      );
    }
  }

  #paid(place: number, outcome: TaskOutcome, wait: number): void {
    this.#pending.ran(place);
    if (outcome.status !== 'changed') return;
    if (this.#pending.mayFollow(wait, place)) this.#options.results.hold(place, outcome);
    else this.#options.results.tell(place, outcome);
  }

  #handlers(wait: number): readonly (readonly [number, Task])[] {
    return this.#pending.before(wait).flatMap((place) => {
      const handler = this.#options.tasks[place];
      return handler ? [[place, handler] as const] : [];
    });
  }

  async #isPending(place: number, handler: Task, wait: number): Promise<boolean> {
    if (this.#pending.isDue(place)) return true;
    const { answers } = this.#options;
    // Where nothing was asked yet, the look at the wait asks about the handlers too.
    if (answers.first(place) === undefined) await answers.of(wait);
    if (answers.first(place) === undefined) await answers.of(place);
    return this.#isOwed(place, handler);
  }

  /**
   * Whether an earlier run owes it: the first answer about its marker says so, which costs no look of its own. What
   * could not be answered fails at the handler's own place, with its reason.
   */
  #isOwed(place: number, handler: Task): boolean {
    const answer = this.#options.answers.first(place);
    if (this.#pending.hasRun(place) || answer === undefined) return false;
    return handler.assess(answer, []).changes.length > 0;
  }
}
