import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterState, unsettled } from '../cluster-state.ts';
import type { Run } from './run.ts';

/** What was seen of the cluster in the end. */
export interface Recovery {
  /** When it was whole, in milliseconds since the epoch; null when it was not in time. */
  readonly at: number | null;
  /** Why it is not, a sentence each. */
  readonly reasons: readonly string[];
  readonly state: ClusterState;
}

/** Looks at the cluster each second until it is whole, for so many seconds at most. */
export async function recoveredWithin(run: Run, seconds: number): Promise<Recovery> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const state = await run.state();
    const reasons = unsettled(state, run.queues(state));
    if (reasons.length === 0) return { at: Date.now(), reasons, state };
    if (Date.now() > end) return { at: null, reasons, state };
    await sleep(1000);
  }
}
