import type { HandoffContext } from './handoff.ts';
import type { HostView, StepContext } from './role.ts';

/** When a gate is asked: before a play's first batch, between two batches, after the last one. */
export type GateMoment = 'before' | 'between' | 'after';

/** What a gate sees of the play, and whom it may ask; it only ever reads. */
export interface GateContext
  extends Pick<StepContext<unknown>, 'playHosts' | 'group' | 'query' | 'check'>,
    HandoffContext {
  readonly moment: GateMoment;
  /** The hosts that are worked on next; none after the last batch. */
  readonly next: readonly HostView[];
}

/** An invariant of the whole, not of one host: a roll goes on only while it holds. */
export interface Gate {
  /** As in `no network partition`. */
  readonly name: string;
  /** Seconds it is given to come to hold, asked anew every two; 0 when left out. */
  readonly within?: number;
  /** When to ask; at every moment when left out. */
  readonly at?: readonly GateMoment[];
  /** Resolves to the reasons why it doesn't hold, a sentence each; to none when it does. */
  check(context: GateContext): Promise<readonly string[]> | readonly string[];
}
