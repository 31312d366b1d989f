import { setImmediate as turn } from 'node:timers/promises';
import type { Answer } from '../host/look.ts';
import type { Fact, Probe } from '../model/fact.ts';
import type { Handoff } from '../model/handoff.ts';
import type { CheckedVars, Layout, StepContext } from '../model/role.ts';
import { Handoffs } from './handoffs.ts';
import { type StepMode, type StepView, stepContext } from './step-context.ts';

/** Looks that are made ahead: for a step's facts, for those that build on them, and for the tasks' own. */
const ROUNDS = 3;

type Wish = Probe & { readonly done: (answer: Answer) => void };

/** Asks one host all of these in one look. */
export type Ask = (host: string, probes: readonly Probe[]) => Promise<readonly Answer[]>;

/** A step of a role, and what its tasks on each host would be asked. */
export interface AheadStep {
  readonly step: (context: StepContext<CheckedVars>) => Layout<CheckedVars> | Promise<Layout<CheckedVars>>;
  readonly view: StepView;
  probes(layout: Layout<CheckedVars>): ReadonlyMap<string, readonly Probe[]>;
}

/**
 * Lays out all steps at once as if none of them would change anything, and asks each host what they all want to
 * know in one look. Nothing comes of it but answers, which the session keeps until the run's first change: on hosts
 * that are as wanted, the steps then find all they ask for.
 * @param before what was handed on before the trial; what is handed on in the trial stays there
 */
export async function lookAhead(steps: readonly AheadStep[], ask: Ask, before: Handoffs): Promise<void> {
  const trial = new Trial(ask, before);
  await trial.run(steps.map((step) => trial.layOut(step)));
}

class Trial {
  readonly #ask: Ask;
  readonly #before: Handoffs;
  readonly #handedOff = new Handoffs();
  /** Called when a value is handed on: what waits for one looks whether it is its own. */
  readonly #receivers = new Set<() => void>();
  #wishes = new Map<string, Wish[]>();
  #over = false;

  constructor(ask: Ask, before: Handoffs) {
    this.#ask = ask;
    this.#before = before;
  }

  async run(steps: readonly Promise<void>[]): Promise<void> {
    // What goes wrong in a trial goes wrong again in the step's own turn, which says so.
    void Promise.allSettled(steps);
    for (let round = 0; round < ROUNDS; round += 1) {
      // By then every step waits for an answer or has ended; one that does something else is not waited for.
      await turn();
      if (this.#wishes.size === 0) break;
      await this.#flush();
    }
    this.#over = true;
    this.#wishes.clear();
  }

  async layOut({ step, view, probes }: AheadStep): Promise<void> {
    const layout = await step(stepContext(view, this.#mode));
    if (this.#over) return;
    for (const [host, wanted] of probes(layout)) for (const probe of wanted) void this.#wish(host, probe);
  }

  get #mode(): StepMode {
    return {
      query: (hosts, fact) => this.#query(hosts, fact),
      download: never,
      handOff: (handoff, value) => this.#handOff(handoff, value),
      received: (handoff, otherwise) => this.#received(handoff, otherwise),
      warn: () => {},
      report: () => {},
    };
  }

  #handOff<T>(handoff: Handoff<T>, value: T): void {
    this.#handedOff.set(handoff, value);
    for (const receive of this.#receivers) receive();
  }

  /**
   * What a step of the trial has handed on. Steps run at once here, so a value may still come: it is waited for like an
   * answer, unless the step can do without it.
   */
  async #received<T>(handoff: Handoff<T>, otherwise?: () => T | Promise<T>): Promise<T> {
    if (this.#handedOff.has(handoff)) return this.#handedOff.get(handoff);
    if (otherwise !== undefined) return otherwise();
    if (this.#before.has(handoff)) return this.#before.get(handoff);
    return new Promise((resolve) => {
      this.#receivers.add(() => {
        if (this.#handedOff.has(handoff)) resolve(this.#handedOff.get(handoff));
      });
    });
  }

  async #query<T>(
    hosts: readonly { readonly name: string }[],
    fact: Fact<T>,
  ): Promise<ReadonlyMap<string, T>> {
    if (fact.fresh) return never();
    const answers = await Promise.all(
      hosts.map(async ({ name }) => {
        const reply = await this.#wish(name, fact);
        if (reply === undefined || typeof reply === 'string') return never();
        try {
          return [name, fact.parse(reply)] as const;
        } catch {
          return never();
        }
      }),
    );
    return new Map(answers);
  }

  #wish(host: string, { script, as, joint }: Probe): Promise<Answer> {
    return new Promise((done) => {
      if (!this.#over)
        this.#wishes.set(host, [...(this.#wishes.get(host) ?? []), { script, as, joint, done }]);
    });
  }

  async #flush(): Promise<void> {
    const wishes = this.#wishes;
    this.#wishes = new Map();
    await Promise.all(
      [...wishes].map(async ([host, wanted]) => {
        const answers = await this.#ask(host, wanted).catch(() => []);
        for (const [i, { done }] of wanted.entries()) done(answers[i]);
      }),
    );
  }
}

/**
 * What can't be had ahead of its turn: a step's trial waits for it and gets no further. An error instead would reach
 * the step, which might catch it and ask again without end, or not have been listening yet.
 */
function never(): Promise<never> {
  return new Promise(() => {});
}
