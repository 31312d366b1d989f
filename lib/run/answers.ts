import type { Answer, Cut } from '../host/look.ts';
import type { ApplyOptions, HostSession } from '../host/session.ts';
import type { Probe, Reply } from '../model/fact.ts';
import type { Task } from '../model/task.ts';

/** Tasks probed after a change: few, since the next may change too; doubled while it stays quiet. */
const LOOK_AFTER_CHANGE = 2;

/** An answer is good for as many changes of its host as had been counted when it was asked. */
interface Known {
  readonly answer: Answer;
  readonly changes: number;
}

/** What hosts answer about a list of tasks. All are asked in one look; after a change few, and of what was said before nothing counts. */
export class Answers {
  readonly #tasks: readonly Task[];
  readonly #session: (on: string | undefined) => HostSession;
  readonly #selected: (task: Task) => boolean;
  readonly #known = new Map<number, Known>();
  /** What was answered first, whatever has been changed since. */
  readonly #first = new Map<number, Reply>();
  #look: number;

  constructor(
    tasks: readonly Task[],
    session: (on: string | undefined) => HostSession,
    selected: (task: Task) => boolean,
  ) {
    this.#tasks = tasks;
    this.#session = session;
    this.#selected = selected;
    this.#look = tasks.length;
  }

  /** A trusted answer about a task; where there is none its host is asked, about the next ones too. */
  async of(index: number): Promise<Answer> {
    const known = this.#known.get(index);
    if (known !== undefined && !this.isStale(index)) return known.answer;
    if (this.#known.size > 0 || index > 0) this.#look *= 2;
    await this.#lookFrom(index);
    return this.#known.get(index)?.answer;
  }

  /** What was answered about a task when it was first asked; undefined while it has not been. */
  first(index: number): Reply | undefined {
    return this.#first.get(index);
  }

  /** Whether something was changed on the task's host since it was asked: by a task that another host has there. */
  isStale(index: number): boolean {
    const known = this.#known.get(index);
    return known !== undefined && known.changes !== this.#sessionOf(index).changes;
  }

  /** Asks about one task now, not together with others of its kind. */
  async alone(index: number): Promise<Answer> {
    const { script, as } = this.#probe(index);
    const [answer] = await this.#sessionOf(index).ask([{ script, as }], { fresh: true });
    return answer;
  }

  /** Nothing that was said before counts any more. */
  drop(): void {
    this.#known.clear();
  }

  /** Nothing counts any more, and more changes are likely. */
  dropAfterChange(): void {
    this.drop();
    this.#look = LOOK_AFTER_CHANGE;
  }

  /** Makes a task's change; its trip also asks about the next tasks of that host, from `from` on. */
  async change(index: number, from: number, options: ApplyOptions): Promise<Reply | Cut> {
    const session = this.#sessionOf(index);
    const on = this.#on(index);
    this.dropAfterChange();
    const asked = this.#nextIndexes(from).filter((i) => this.#on(i) === on);
    // It is counted when it begins and when it ends.
    const changes = session.changes + 2;
    const { reply, answers } = await session.apply(
      options,
      asked.map((i) => this.#probe(i)),
    );
    this.#keep(asked, answers, changes);
    return reply;
  }

  async #lookFrom(index: number): Promise<void> {
    const next = this.#nextIndexes(index);
    await Promise.all(
      [...new Set(next.map((i) => this.#on(i)))].map(async (on) => {
        const indexes = next.filter((i) => this.#on(i) === on);
        const session = this.#session(on);
        const { changes } = session;
        this.#keep(indexes, await session.ask(indexes.map((i) => this.#probe(i))), changes);
      }),
    );
  }

  #keep(indexes: readonly number[], answers: readonly Answer[], changes: number): void {
    indexes.forEach((i, n) => {
      this.#known.delete(i);
      const answer = answers[n];
      if (answer === undefined) return;
      this.#known.set(i, { answer, changes });
      if (typeof answer !== 'string' && !this.#first.has(i)) this.#first.set(i, answer);
    });
  }

  /** The next selected tasks to ask, as far as we look ahead now. */
  #nextIndexes(from: number): number[] {
    const indexes: number[] = [];
    for (let i = from; i < this.#tasks.length && indexes.length < this.#look; i += 1) {
      const task = this.#tasks[i];
      if (task && this.#selected(task)) indexes.push(i);
    }
    return indexes;
  }

  #on(index: number): string | undefined {
    return this.#tasks[index]?.options.on;
  }

  #sessionOf(index: number): HostSession {
    return this.#session(this.#on(index));
  }

  #probe(index: number): Probe {
    const task = this.#tasks[index];
    if (task === undefined) throw new RangeError(`no task ${index}`);
    return task.probe;
  }
}
