import { setImmediate as turn } from 'node:timers/promises';
import type { Answer } from '../host/look.ts';
import type { Fact, Probe } from '../model/fact.ts';
import type { CheckedVars, Layout, StepContext } from '../model/role.ts';

/** Rounds of questions that are asked ahead: a step's question, one that builds on its answer, and the tasks' probes. */
const ROUNDS = 3;

type Wish = Probe & { readonly done: (answer: Answer) => void };

/** Asks one host all of these in one look. */
export type Ask = (host: string, probes: readonly Probe[]) => Promise<readonly Answer[]>;

/** A step of a role, and what its tasks on each host would be asked. */
export interface AheadStep {
  readonly step: (context: StepContext<CheckedVars>) => Layout<CheckedVars> | Promise<Layout<CheckedVars>>;
  readonly context: StepContext<CheckedVars>;
  probes(layout: Layout<CheckedVars>): ReadonlyMap<string, readonly Probe[]>;
}

/**
 * Lays out all steps at once as if none of them would change anything, and asks each host what they all want to
 * know in one look. Nothing comes of it but answers, which the session keeps until the run's first change: on hosts
 * that are as wanted, the steps then find all they ask for.
 */
export async function lookAhead(steps: readonly AheadStep[], ask: Ask): Promise<void> {
  const trial = new Trial(ask);
  await trial.run(steps.map((step) => trial.layOut(step)));
}

class Trial {
  readonly #ask: Ask;
  #wishes = new Map<string, Wish[]>();
  #over = false;

  constructor(ask: Ask) {
    this.#ask = ask;
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

  async layOut({ step, context, probes }: AheadStep): Promise<void> {
    const layout = await step({
      ...context,
      hosts: context.hosts,
      // A list of its own: what a role remembers of it must not reach the real run.
      playHosts: [...context.playHosts],
      query: (hosts, fact) => this.#query(hosts, fact),
      download: never,
      warn: () => {},
      report: () => {},
    });
    if (this.#over) return;
    for (const [host, wanted] of probes(layout)) for (const probe of wanted) void this.#wish(host, probe);
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
