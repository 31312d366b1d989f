import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Cut } from '../host/look.ts';
import type { HostSession } from '../host/session.ts';
import { askOwed, FLUSH, handlersOf, handlerTask, notified, owe, readOwed } from '../model/handler.ts';
import type { Assessment, Change, Task, Wait } from '../model/task.ts';
import { asPlayError, type PlayError } from '../util/errors.ts';
import { Answers } from './answers.ts';
import { BeforeWait } from './before-wait.ts';
import { failed, halfDone, lastWords, withPending } from './failures.ts';
import type { Foresight } from './foresight.ts';
import { describeChange, type TaskOutcome } from './outcome.ts';
import { Prediction } from './prediction.ts';
import type { Progress } from './progress.ts';
import { Results } from './results.ts';
import type { Turns } from './turns.ts';

export interface ConvergeOptions {
  /** The host itself, or the one that a task's `on` names. */
  session(on: string | undefined): HostSession;
  readonly role: string;
  readonly check: boolean;
  readonly turns: Turns;
  /** Check mode's memory of a host, as `session`; what other hosts, roles and plays would have changed there counts as well. */
  foresight(on: string | undefined): Foresight;
  /** False for a task that tags leave out. */
  readonly selected: (task: Task) => boolean;
  readonly progress: Progress;
}

/** The tasks with the handlers they notify behind them: what {@link converge} works through. */
export function withHandlers(role: string, tasks: readonly Task[]): readonly Task[] {
  return [...tasks, ...handlersOf(tasks).map((handler) => handlerTask(role, handler))];
}

/**
 * Brings one host to what the tasks want, in order, and stops at the first that fails.
 * All tasks are probed in one look; an answer is trusted only while nothing was changed on the host since it was
 * asked; a change counts only when its own probe then finds nothing left to do.
 * @returns whether all went well
 * @throws PlayError `unreachable` or `aborted`; a task's own failure is told through `progress` instead
 */
export async function converge(tasks: readonly Task[], options: ConvergeOptions): Promise<boolean> {
  return new Convergence(tasks, options).run();
}

const RUN_OWED =
  'if it waits for what is owed: a handler runs in its own role, after the tasks that notify it; run that role, or put the wait behind those tasks';

class Convergence {
  readonly #tasks: readonly Task[];
  readonly #options: ConvergeOptions;
  readonly #answers: Answers;
  readonly #prediction: Prediction;
  readonly #results: Results;
  readonly #beforeWait: BeforeWait;

  constructor(tasks: readonly Task[], options: ConvergeOptions) {
    this.#tasks = tasks;
    this.#options = options;
    this.#answers = new Answers(tasks, options.session, options.selected);
    this.#prediction = new Prediction(options.foresight);
    this.#results = new Results(tasks.length, options.progress);
    const { selected, progress } = options;
    const run = (index: number, task: Task) => this.#timed(index, task);
    this.#beforeWait = new BeforeWait({
      tasks,
      selected,
      answers: this.#answers,
      results: this.#results,
      progress,
      run,
    });
  }

  async run(): Promise<boolean> {
    try {
      for (const [index, task] of this.#tasks.entries()) {
        // A handler that ran before a wait.
        if (this.#results.isTold(index)) continue;
        if (!(await this.#inItsPlace(index, task))) {
          this.#results.skipRest();
          return false;
        }
      }
      return true;
    } finally {
      this.#results.tellHeld();
    }
  }

  /** @returns false when it failed, or what has to run before it */
  async #inItsPlace(index: number, task: Task): Promise<boolean> {
    const { check, selected } = this.#options;
    if (selected(task)) {
      if (task.type === FLUSH && check) await this.#beforeWait.predict(index);
      if (task.type === FLUSH && !check && !(await this.#beforeWait.flush(index))) return false;
      if (task.wait !== undefined && !check && !(await this.#beforeWait.pay(index))) return false;
    }
    return this.#results.tell(index, await this.#timed(index, task));
  }

  async #timed(index: number, task: Task): Promise<TaskOutcome> {
    const started = performance.now();
    const outcome = await this.#task(index, task);
    return { ...outcome, durationMs: Math.round(performance.now() - started) };
  }

  async #task(index: number, task: Task): Promise<Omit<TaskOutcome, 'durationMs'>> {
    if (!this.#options.selected(task))
      return { status: 'skipped', changes: [], reason: 'not among the tags asked for' };
    try {
      const { changes } = await this.#assess(index, task);
      if (this.#options.check) return this.#prediction.of(task, changes);
      if (changes.length === 0) return { status: 'ok', changes };
      if (task.wait) {
        await this.#beforeWait.payRest(index);
        return await this.#waitFor(index, task, task.wait);
      }
      const made = await this.#applyInTurn(index, task);
      return { status: made.length === 0 ? 'ok' : 'changed', changes: made };
    } catch (thrown) {
      const error = asPlayError(thrown, 'failed', { task: task.title });
      if (error.kind !== 'failed') throw error;
      if (this.#options.check) return this.#prediction.failed(task, error);
      const pending = task.type === 'handler' || task.wait ? [] : this.#beforeWait.pending(index);
      return { status: 'failed', changes: [], error: withPending(error, pending) };
    }
  }

  /** Looks again and again until nothing differs; what was known before may be out of date by then. */
  async #waitFor(
    index: number,
    task: Task,
    { within, every, next }: Wait,
  ): Promise<Omit<TaskOutcome, 'durationMs'>> {
    this.#options.progress.applying(index);
    const until = performance.now() + within * 1000;
    for (;;) {
      await sleep(every * 1000);
      const { changes } = this.#read(await this.#answers.alone(index), task);
      if (changes.length === 0) break;
      if (performance.now() < until) continue;
      const owed = await this.#owed();
      throw failed(`waited ${within} s in vain`, {
        why: [...changes.map(describeChange), ...owed.map((each) => `still owed there: ${each}`)].join('\n'),
        next: next ?? (owed.length > 0 ? RUN_OWED : undefined),
      });
    }
    this.#sessionOf(task).outdate();
    this.#answers.drop();
    return { status: 'ok', changes: [] };
  }

  async #applyInTurn(index: number, task: Task): Promise<readonly Change[]> {
    const key = task.options.oneAtATime;
    if (key === undefined) return this.#applyIfNeeded(index, task);
    return this.#options.turns.take(key, async () => {
      // While it waited for its turn another host may have changed what this one sees.
      this.#answers.dropAfterChange();
      return this.#applyIfNeeded(index, task);
    });
  }

  async #applyIfNeeded(index: number, task: Task): Promise<readonly Change[]> {
    let assessment = await this.#assess(index, task);
    while (this.#answers.isStale(index)) assessment = await this.#assess(index, task);
    return assessment.changes.length === 0 ? [] : this.#apply(index, task, assessment);
  }

  async #apply(index: number, task: Task, assessment: Assessment): Promise<readonly Change[]> {
    const { role, progress } = this.#options;
    progress.applying(index);
    this.#beforeWait.notifiedBy(task);
    const applied = this.#answers.change(index, task.always ? index + 1 : index, {
      title: task.title,
      apply: assessment.apply(),
      as: task.options.as,
      timeLimit: task.options.timeLimit,
      before: owe(role, notified(task)),
      onLine: (stream, line) => progress.line(index, stream, line),
    });
    const reply = await applied.catch((thrown: unknown) => {
      throw halfDone(thrown, task);
    });
    if (reply === 'timeout') {
      throw failed(`the change did not end within ${task.options.timeLimit ?? 600} s`, {
        next: 'look at the host, or give the task a longer timeLimit',
      });
    }
    if (reply === 'died') throw failed('something on the host ended the shell that made the change', {});
    if (reply.code !== 0)
      throw failed(`the change failed with exit code ${reply.code}`, { why: lastWords(reply) });
    if (!task.always) await this.#verify(index, task);
    return assessment.changes;
  }

  async #verify(index: number, task: Task): Promise<void> {
    const { changes } = await this.#assess(index, task);
    if (changes.length === 0) return;
    throw failed('the change was made without an error, and still the host differs', {
      why: changes.map(describeChange).join('\n'),
    });
  }

  /**
   * Reads a trusted answer for the task, asking the host again when there is none. Before a task is blamed it is
   * asked once more, alone: its neighbours may have used up the time, and an answer from before is worth less.
   */
  async #assess(index: number, task: Task): Promise<Assessment> {
    const answer = await this.#answers.of(index);
    try {
      return this.#read(answer, task);
    } catch (thrown) {
      // In check mode it may well have to wait for an earlier change: asking again would not help. What had no answer of
      // its own is asked all the same.
      const answered = answer !== undefined && typeof answer !== 'string';
      if (answered && this.#prediction.awaited(task) !== undefined) throw thrown;
      return this.#read(await this.#answers.alone(index), task);
    }
  }

  #read(answer: Answer, task: Task): Assessment {
    if (answer === undefined || typeof answer === 'string') throw this.#unanswered(answer, task);
    return task.assess(answer, this.#prediction.pending(task));
  }

  #unanswered(answer: Cut | undefined, task: Task): PlayError {
    const how =
      answer === 'died'
        ? 'the look at its state ended the shell it ran in'
        : `the look at its state did not end within ${this.#sessionOf(task).lookSeconds} s`;
    return failed(how, { why: task.probe.script.toString() });
  }

  #sessionOf({ options }: Task): HostSession {
    return this.#options.session(options.on);
  }

  /** Handlers that nothing has run so far: what is waited for may hang on them. */
  async #owed(): Promise<readonly string[]> {
    const [answer] = await this.#options.session(undefined).ask([{ script: askOwed }], { fresh: true });
    return answer === undefined || typeof answer === 'string' ? [] : readOwed(answer);
  }
}
