import { setTimeout as sleep } from 'node:timers/promises';
import { unsettled, type World } from './cluster-state.ts';
import type { Run } from './run.ts';

/** What was seen of the cluster in the end. */
export interface Whole {
  /** When it was whole, in milliseconds since the epoch; null when it was not in time. */
  readonly at: number | null;
  /** Why it is not, a sentence each. */
  readonly reasons: readonly string[];
  readonly world: World;
}

/** Looks at the cluster each second until it is whole, for so many seconds at most. */
export async function wholeWithin(run: Run, seconds: number): Promise<Whole> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const world = await run.world();
    const reasons = unsettled(world, run.queues(world));
    if (reasons.length === 0) return { at: Date.now(), reasons, world };
    if (Date.now() > end) return { at: null, reasons, world };
    await sleep(1000);
  }
}
