import { setTimeout as sleep } from 'node:timers/promises';
import type { Gate, GateContext } from '../model/gate.ts';
import { asPlayError } from '../util/errors.ts';
import type { Running } from './running.ts';

/** Seconds between two checks of a gate that is given time. */
const EVERY = 2;

/**
 * Asks a play's gates, all at once, each for as long as it is given.
 * @returns whether all hold; what doesn't is in the events
 * @throws PlayError `aborted`
 */
export async function askGates(
  play: string,
  gates: readonly Gate[],
  context: GateContext,
  { emit, options }: Pick<Running, 'emit' | 'options'>,
): Promise<boolean> {
  const asked = gates.filter(({ at }) => at === undefined || at.includes(context.moment));
  const verdicts = await Promise.all(
    asked.map(async (gate) => {
      const started = performance.now();
      const reasons = await reasonsOf(gate, context, options.signal);
      const durationMs = Math.round(performance.now() - started);
      emit({ type: 'gate', play, gate: gate.name, moment: context.moment, reasons, durationMs });
      return reasons.length === 0;
    }),
  );
  return verdicts.every(Boolean);
}

async function reasonsOf(
  { name, within = 0, check }: Gate,
  context: GateContext,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const until = performance.now() + within * 1000;
  for (;;) {
    signal?.throwIfAborted();
    const reasons = await attempt(name, () => check(context));
    // Check mode waits for nothing: nothing is on its way.
    if (reasons.length === 0 || context.check || performance.now() >= until) return reasons;
    await sleep(EVERY * 1000);
  }
}

/** A gate that can't be asked does not hold. */
async function attempt(
  name: string,
  ask: () => Promise<readonly string[]> | readonly string[],
): Promise<readonly string[]> {
  try {
    return await ask();
  } catch (thrown) {
    const error = asPlayError(thrown, 'failed', { task: name });
    if (error.kind === 'aborted') throw error;
    return [[error.what, error.why].filter(Boolean).join(': ')];
  }
}
