declare const VALUE: unique symbol;

/**
 * Something that one step, gate or play finds out and later ones need: a name and a type that both sides share. The
 * value lives in the run's memory. A run that is repeated finds it out again.
 */
export interface Handoff<T> {
  /** What it is, as a short noun phrase for messages: `founding host`. */
  readonly name: string;
  /** Who hands it on, as in `the role rabbit-join`: an error names it when nobody did. */
  readonly from: string;
  /** How long the value is there: until the end of its play, over all of its batches, or until the end of the run. */
  readonly scope: 'play' | 'run';
  /** The type of the value; there is no such property. */
  readonly [VALUE]?: T;
}

/** What steps and gates can do with a handoff. */
export interface HandoffContext {
  /** Hands a value on to all steps and gates that come later in its scope; it replaces an earlier one. */
  handOff<T>(handoff: Handoff<T>, value: T): void;
  /**
   * What an earlier step, gate or play has handed on. Where none did, since `--role`, a tag or a limit leaves it out, it
   * is what `otherwise` gives.
   * @throws PlayError `failed` that names who was to hand it on, when there is no `otherwise`
   */
  received<T>(handoff: Handoff<T>, otherwise?: () => T | Promise<T>): Promise<T>;
}

/**
 * Makes a handoff, to be kept as a constant that the giving and the receiving side import:
 * `const leader = defineHandoff<string>({ name: 'leader', from: 'the role shop', scope: 'play' })`.
 */
export function defineHandoff<T>(handoff: Omit<Handoff<T>, typeof VALUE>): Handoff<T> {
  return { ...handoff };
}
