import { setTimeout as sleep } from 'node:timers/promises';
import { asPlayError, PlayError } from '../errors.ts';
import { handlersOf, handlerTask, notified, owe } from '../handler.ts';
import type { Answer, Cut, Probe } from '../host/look.ts';
import type { HostSession } from '../host/session.ts';
import type { Assessment, Change, Reply, Task, Wait } from '../task.ts';
import { Foresight } from './foresight.ts';
import type { Turns } from './turns.ts';

/** How one task ended; the caller turns it into an event. */
export interface Outcome {
  readonly status: 'ok' | 'changed' | 'unknown' | 'failed' | 'skipped';
  readonly changes: readonly Change[];
  readonly error?: PlayError;
  readonly reason?: string;
  readonly durationMs: number;
}

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
  /** Check mode's memory of this host; what other roles and plays would have changed counts as well. */
  readonly foresight?: Foresight;
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

/** What the host is asked about a task. */
export function probeOf({ probe, joint, options }: Task): Probe {
  return { script: probe, as: options.as, joint };
}

/** The probe by itself, not together with others of its kind. */
function alone({ script, as }: Probe): Probe {
  return { script, as };
}

/** Tasks probed after a change: few, since the next may change too; doubled while it stays quiet. */
const LOOK_AFTER_CHANGE = 2;

class Convergence {
  readonly #tasks: readonly Task[];
  readonly #options: ConvergeOptions;
  readonly #answers = new Map<number, Answer>();
  readonly #foresight: Foresight;
  /** Handlers that check mode has seen notified. */
  readonly #wouldNotify = new Set<string>();
  /** Handlers of tasks that check mode could not judge. */
  readonly #mayNotify = new Map<string, string>();
  #look: number;

  constructor(tasks: readonly Task[], options: ConvergeOptions) {
    this.#tasks = tasks;
    this.#options = options;
    this.#look = tasks.length;
    this.#foresight = options.foresight ?? new Foresight();
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
      if (this.#options.check) return this.#predict(task, changes);
      if (changes.length === 0) return { status: 'ok', changes };
      if (task.wait) return await this.#waitFor(index, task, task.wait);
      const made = await this.#applyInTurn(index, task);
      return { status: made.length === 0 ? 'ok' : 'changed', changes: made };
    } catch (thrown) {
      const error = asPlayError(thrown, 'failed', { task: task.title });
      if (error.kind !== 'failed') throw error;
      // What can't be told now may well be told once the earlier changes are made.
      const last = this.#foresight.pending.at(-1);
      if (this.#options.check && last !== undefined) {
        this.#foresight.unknown(task);
        for (const { name } of notified(task)) this.#mayNotify.set(name, task.title);
        return {
          status: 'unknown',
          changes: [],
          reason: `${error.what}; it waits for "${last.task}"`,
        };
      }
      return { status: 'failed', changes: [], error };
    }
  }

  /** Looks again and again until nothing differs; what was known before may be out of date by then. */
  async #waitFor(index: number, task: Task, { within, every }: Wait): Promise<Omit<Outcome, 'durationMs'>> {
    this.#options.progress.applying(index);
    const session = this.#sessionOf(task);
    const until = performance.now() + within * 1000;
    for (;;) {
      await sleep(every * 1000);
      const [answer] = await session.ask([alone(this.#probe(index))], { fresh: true });
      const { changes } = this.#read(answer, task);
      if (changes.length === 0) break;
      if (performance.now() < until) continue;
      const why = changes.map(describeChange).join('\n');
      throw failed(`waited ${within} s in vain`, { why });
    }
    session.outdate();
    this.#answers.clear();
    return { status: 'ok', changes: [] };
  }

  #predict(task: Task, changes: readonly Change[]): Omit<Outcome, 'durationMs'> {
    if (task.wait && changes.length > 0) {
      const reason = `it would be waited for: ${changes.map(describeChange).join('; ')}`;
      return { status: 'unknown', changes: [], reason };
    }
    const owed = task.type === 'handler' && this.#wouldNotify.has(task.title);
    const notifier = task.type === 'handler' ? this.#mayNotify.get(task.title) : undefined;
    if (changes.length === 0 && !owed && notifier !== undefined) {
      return { status: 'unknown', changes, reason: `it runs if "${notifier}" changes something` };
    }
    if (!owed && (changes.length === 0 || this.#foresight.covers(task))) return { status: 'ok', changes: [] };
    this.#foresight.changed(task);
    for (const handler of notified(task)) this.#wouldNotify.add(handler.name);
    return { status: 'changed', changes: owed ? [{ what: 'owed', to: 'run' }] : changes };
  }

  async #applyInTurn(index: number, task: Task): Promise<readonly Change[]> {
    const key = task.options.oneAtATime;
    if (key === undefined) return this.#apply(index, task, await this.#assess(index, task));
    return this.#options.turns.take(key, async () => {
      // While it waited for its turn another host may have changed what this one sees.
      this.#answers.clear();
      this.#look = LOOK_AFTER_CHANGE;
      const assessment = await this.#assess(index, task);
      return assessment.changes.length === 0 ? [] : this.#apply(index, task, assessment);
    });
  }

  async #apply(index: number, task: Task, assessment: Assessment): Promise<readonly Change[]> {
    const { role, progress } = this.#options;
    const session = this.#sessionOf(task);
    progress.applying(index);
    const made = assessment.apply();
    this.#answers.clear();
    this.#look = LOOK_AFTER_CHANGE;
    const asked = this.#nextIndexes(task.always ? index + 1 : index).filter(
      (i) => this.#tasks[i]?.options.on === task.options.on,
    );
    const applied = session.apply(
      {
        apply: made,
        as: task.options.as,
        timeLimit: task.options.timeLimit,
        before: owe(role, notified(task)),
        onLine: (stream, line) => progress.line(index, stream, line),
      },
      asked.map((i) => this.#probe(i)),
    );
    const { reply, answers } = await applied.catch((thrown: unknown) => {
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
    asked.forEach((i, n) => {
      if (answers[n] !== undefined) this.#answers.set(i, answers[n]);
    });
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
    let answer = this.#answers.get(index);
    if (answer === undefined) {
      if (this.#answers.size > 0 || index > 0) this.#look *= 2;
      answer = await this.#lookFrom(index);
    }
    try {
      return this.#read(answer, task);
    } catch (thrown) {
      // In check mode it may well have to wait for an earlier change: asking again would not help. What had no answer of
      // its own is asked all the same.
      const answered = answer !== undefined && typeof answer !== 'string';
      if (answered && this.#foresight.pending.length > 0) throw thrown;
      const [again] = await this.#sessionOf(task).ask([alone(this.#probe(index))], {
        fresh: true,
      });
      return this.#read(again, task);
    }
  }

  #read(answer: Answer, task: Task): Assessment {
    if (answer === undefined || typeof answer === 'string') throw this.#unanswered(answer, task);
    return task.assess(answer, this.#foresight.pending);
  }

  #unanswered(answer: Cut | undefined, task: Task): PlayError {
    const how =
      answer === 'died'
        ? 'the look at its state ended the shell it ran in'
        : `the look at its state did not end within ${this.#sessionOf(task).lookSeconds} s`;
    return failed(how, { why: task.probe.toString() });
  }

  async #lookFrom(index: number): Promise<Answer> {
    const next = this.#nextIndexes(index);
    const onOf = (i: number) => this.#tasks[i]?.options.on;
    await Promise.all(
      [...new Set(next.map(onOf))].map(async (on) => {
        const indexes = next.filter((i) => onOf(i) === on);
        const answers = await this.#options.session(on).ask(indexes.map((i) => this.#probe(i)));
        indexes.forEach((i, n) => {
          this.#answers.delete(i);
          if (answers[n] !== undefined) this.#answers.set(i, answers[n]);
        });
      }),
    );
    return this.#answers.get(index);
  }

  /** The next selected tasks to ask, as far as we look ahead now. */
  #nextIndexes(from: number): number[] {
    const indexes: number[] = [];
    for (let i = from; i < this.#tasks.length && indexes.length < this.#look; i += 1) {
      const task = this.#tasks[i];
      if (task && this.#options.selected(task)) indexes.push(i);
    }
    return indexes;
  }

  #sessionOf({ options }: Task): HostSession {
    return this.#options.session(options.on);
  }

  #probe(index: number): Probe {
    const task = this.#tasks[index];
    if (task === undefined) throw new RangeError(`no task ${index}`);
    return probeOf(task);
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

/** A change in a few words: `mode 0644 → 0600`. */
export function describeChange({ what, from, to }: Change): string {
  if (from !== undefined && to !== undefined) return `${what} ${from} → ${to}`;
  return [what, to ?? from].filter((part) => part !== undefined).join(' ');
}

/** A lost connection tells nothing of the change that was under way. */
function halfDone(thrown: unknown, task: Task): unknown {
  if (!(thrown instanceof PlayError) || thrown.kind !== 'unreachable') return thrown;
  const unknown = `"${task.title}" was being applied: whether it took effect, in whole or in part, is not known`;
  const why = thrown.why === undefined ? unknown : `${thrown.why}\n${unknown}`;
  return new PlayError({
    ...thrown.toTrouble(),
    why,
    next: thrown.next ?? 'run it again: the host is looked at afresh, and what was done is left alone',
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
