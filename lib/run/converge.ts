import { setTimeout as sleep } from 'node:timers/promises';
import { asPlayError, PlayError } from '../errors.ts';
import { handlersOf, handlerTask, notified, owe } from '../handler.ts';
import type { Answer, Cut } from '../host/look.ts';
import type { HostSession } from '../host/session.ts';
import type { Assessment, Change, Reply, Task, Wait } from '../task.ts';
import { Answers } from './answers.ts';
import type { Foresight } from './foresight.ts';
import { describeChange, type Outcome } from './outcome.ts';
import { Prediction } from './prediction.ts';
import type { Turns } from './turns.ts';

/** What {@link converge} tells while it works; `index` counts the tasks given, handlers after them. */
export interface Progress {
  applying(index: number): void;
  line(index: number, stream: 'stdout' | 'stderr', line: string): void;
  done(index: number, outcome: Outcome): void;
}

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

class Convergence {
  readonly #tasks: readonly Task[];
  readonly #options: ConvergeOptions;
  readonly #answers: Answers;
  readonly #prediction: Prediction;

  constructor(tasks: readonly Task[], options: ConvergeOptions) {
    this.#tasks = tasks;
    this.#options = options;
    this.#answers = new Answers(tasks, options.session, options.selected);
    this.#prediction = new Prediction(options.foresight);
  }

  async run(): Promise<boolean> {
    for (const [index, task] of this.#tasks.entries()) {
      const started = performance.now();
      const outcome = await this.#task(index, task);
      this.#options.progress.done(index, { ...outcome, durationMs: Math.round(performance.now() - started) });
      if (outcome.status === 'failed') {
        this.#skipFrom(index + 1);
        return false;
      }
    }
    return true;
  }

  async #task(index: number, task: Task): Promise<Omit<Outcome, 'durationMs'>> {
    if (!this.#options.selected(task))
      return { status: 'skipped', changes: [], reason: 'not among the tags asked for' };
    try {
      const { changes } = await this.#assess(index, task);
      if (this.#options.check) return this.#prediction.of(task, changes);
      if (changes.length === 0) return { status: 'ok', changes };
      if (task.wait) return await this.#waitFor(index, task, task.wait);
      const made = await this.#applyInTurn(index, task);
      return { status: made.length === 0 ? 'ok' : 'changed', changes: made };
    } catch (thrown) {
      const error = asPlayError(thrown, 'failed', { task: task.title });
      if (error.kind !== 'failed') throw error;
      return this.#options.check
        ? this.#prediction.failed(task, error)
        : { status: 'failed', changes: [], error };
    }
  }

  /** Looks again and again until nothing differs; what was known before may be out of date by then. */
  async #waitFor(index: number, task: Task, { within, every }: Wait): Promise<Omit<Outcome, 'durationMs'>> {
    this.#options.progress.applying(index);
    const until = performance.now() + within * 1000;
    for (;;) {
      await sleep(every * 1000);
      const { changes } = this.#read(await this.#answers.alone(index), task);
      if (changes.length === 0) break;
      if (performance.now() < until) continue;
      const why = changes.map(describeChange).join('\n');
      throw failed(`waited ${within} s in vain`, { why });
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
    return failed(how, { why: task.probe.toString() });
  }

  #sessionOf({ options }: Task): HostSession {
    return this.#options.session(options.on);
  }

  #skipFrom(index: number): void {
    for (let i = index; i < this.#tasks.length; i += 1) {
      this.#options.progress.done(i, {
        status: 'skipped',
        changes: [],
        reason: 'an earlier task failed',
        durationMs: 0,
      });
    }
  }
}

/** A lost connection tells nothing of the change that was under way. */
function halfDone(thrown: unknown, task: Task): unknown {
  if (!(thrown instanceof PlayError) || thrown.kind !== 'unreachable') return thrown;
  const unknown = `"${task.title}" was being applied: whether it took effect, in whole or in part, is not known`;
  const why = thrown.why === undefined ? unknown : `${thrown.why}\n${unknown}`;
  return new PlayError({
    ...thrown.toTrouble(),
    why,
    next:
      thrown.next ??
      'run it again: while a script of this run still runs there, that is refused; then the host is looked at afresh',
  }).at({ task: task.title });
}

function failed(what: string, rest: { why?: string; next?: string }): PlayError {
  return new PlayError({ kind: 'failed', what, ...rest });
}

/** The end of what a failed script printed: errors first, since they say why. */
function lastWords({ stdout, stderr }: Reply): string {
  const text = stderr.trim() || stdout.trim() || 'it printed nothing';
  return text.split('\n').slice(-15).join('\n');
}
