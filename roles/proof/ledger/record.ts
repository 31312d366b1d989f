import type { Figures, Stretch } from '../client/figures.ts';
import type { VipFigures } from './vip.ts';

/** What a fault did to a host, and when; by the controller's clock. */
export interface FaultRecord extends Stretch {
  readonly on: string;
  readonly what: string;
}

/** How the cluster came to rest after the fault. */
export interface Settled {
  /** Milliseconds since the epoch; null when it did not in the time it was given. */
  readonly at: number | null;
  /** What was missing in the end, a sentence each. */
  readonly reasons: readonly string[];
  /** What was missing when it had not come back by itself, and what was done about it, in turn. Empty when it did. */
  readonly helped: readonly string[];
}

/** One run of one scenario: all there is to know of it. */
export interface RunRecord {
  readonly scenario: string;
  readonly title: string;
  readonly run: number;
  /** As in `3.10.8`. */
  readonly version: string | null;
  readonly faults: readonly FaultRecord[];
  readonly settled: Settled;
  readonly figures: Figures;
  readonly vip: VipFigures;
  /** Playbooks of the scenario that failed, with where to read why. */
  readonly failures: readonly string[];
}

/** The file's name of a run, without its ending: `kill-leader-2`. */
export function runName({ scenario, run }: { readonly scenario: string; readonly run: number }): string {
  return `${scenario}-${run}`;
}

/** Milliseconds. */
export function length({ from, to }: Stretch): number {
  return to - from;
}
