import { notified } from '../model/handler.ts';
import type { Task } from '../model/task.ts';

/**
 * Which handlers of one host's step are pending, and which of them may run before a task that waits: only those that a
 * task before the wait notifies, since a wait also guards what stands behind it. Handlers go by their place in the list.
 */
export class PendingHandlers {
  readonly #tasks: readonly Task[];
  readonly #selected: (task: Task) => boolean;
  /** Notified in this run, and not run since. */
  readonly #due = new Set<number>();
  /** Run in this run: what its marker said before no longer counts. */
  readonly #ran = new Set<number>();

  constructor(tasks: readonly Task[], selected: (task: Task) => boolean) {
    this.#tasks = tasks;
    this.#selected = selected;
  }

  /** A task is about to change something. */
  notifiedBy(task: Task): void {
    for (const { name } of notified(task)) {
      const place = this.#tasks.findIndex(({ type, title }) => type === 'handler' && title === name);
      if (place >= 0) this.#due.add(place);
    }
  }

  ran(handler: number): void {
    this.#due.delete(handler);
    this.#ran.add(handler);
  }

  isDue(handler: number): boolean {
    return this.#due.has(handler);
  }

  hasRun(handler: number): boolean {
    return this.#ran.has(handler);
  }

  /** The handlers that some task before this place notifies, in their order, whether the tags let that task run or not. */
  before(index: number): readonly number[] {
    return this.#tasks.flatMap((task, place) =>
      task.type === 'handler' && this.#selected(task) && this.#notifiers(place).some((each) => each < index)
        ? [place]
        : [],
    );
  }

  /** Whether a task behind this place may notify the handler again, and so may mend what the handler fails for. */
  mayFollow(index: number, handler: number): boolean {
    return this.#notifiers(handler).some((each) => {
      const task = this.#tasks[each];
      return each > index && task !== undefined && this.#selected(task);
    });
  }

  #notifiers(handler: number): readonly number[] {
    const name = this.#tasks[handler]?.title;
    return this.#tasks.flatMap((task, place) =>
      notified(task).some((each) => each.name === name) ? [place] : [],
    );
  }
}
