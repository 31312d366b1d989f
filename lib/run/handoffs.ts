import type { Handoff, HandoffContext } from '../model/handoff.ts';
import { PlayError } from '../util/errors.ts';

/** The values that steps and gates of a run have handed on: a store for the run, and within it one for each play. */
export class Handoffs {
  readonly #values = new Map<Handoff<unknown>, unknown>();
  readonly #run: Handoffs | undefined;

  /** @param run the store of the run, for that of a play */
  constructor(run?: Handoffs) {
    this.#run = run;
  }

  /** A store for one play of this run. */
  forPlay(): Handoffs {
    return new Handoffs(this);
  }

  has(handoff: Handoff<unknown>): boolean {
    return this.#of(handoff).has(handoff);
  }

  /** @throws RangeError when there is none */
  get<T>(handoff: Handoff<T>): T {
    if (!this.has(handoff)) throw new RangeError(`no value for ${handoff.name}`);
    // `set` took it with this very handoff.
    return this.#of(handoff).get(handoff) as T;
  }

  set<T>(handoff: Handoff<T>, value: T): void {
    this.#of(handoff).set(handoff, value);
  }

  #of({ scope }: Handoff<unknown>): Map<Handoff<unknown>, unknown> {
    return scope === 'run' && this.#run !== undefined ? this.#run.#values : this.#values;
  }
}

/** Hands on through a store, as a run does. */
export function handoffContext(store: Handoffs): HandoffContext {
  return {
    handOff: (handoff, value) => store.set(handoff, value),
    received: async (handoff, otherwise) => {
      if (store.has(handoff)) return store.get(handoff);
      if (otherwise !== undefined) return otherwise();
      throw nothingReceived(handoff);
    },
  };
}

/** A step needs what nobody has handed on. */
export function nothingReceived({ name, from }: Handoff<unknown>): PlayError {
  return new PlayError({
    kind: 'failed',
    what: `nothing was handed on as "${name}"`,
    why: `it comes from ${from}, which did not run before this`,
    next: 'run that as well: --role, --tags or --limit may leave it out',
  });
}
