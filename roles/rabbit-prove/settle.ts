import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { action, file, type Layout, sh } from '../../lib/index.ts';
import type { Settled } from './record.ts';
import { type Context, underWay } from './run.ts';
import { CLIENT } from './site.ts';
import type { Vars } from './vars.ts';
import { unsettled } from './world.ts';

/** Seconds that clients work undisturbed once all is whole again. */
const STEADY = 3;

/** Waits until the cluster is whole again, and writes down when it was. */
export async function settle(context: Context): Promise<Layout<Vars>> {
  const run = await underWay(context);
  if (run === undefined) return () => [];
  const end = Date.now() + run.own.prove_settle_seconds * 1000;
  let reasons: readonly string[] = ['nobody was asked'];
  let at: number | null = null;
  while (at === null && Date.now() < end) {
    const world = await run.world();
    reasons = unsettled(world, run.queues(world));
    if (reasons.length === 0) at = Date.now();
    else await sleep(1000);
  }
  const settled: Settled = { at, reasons };
  if (at === null) context.warn(`${run.name} did not settle: ${reasons.join('; ')}`);
  return () => [
    file({ path: join(run.work, 'settled.json'), content: JSON.stringify(settled) }),
    action({ title: `work undisturbed for ${STEADY} s more`, run: sh`sleep ${STEADY}` }),
  ];
}

/** Ends the clients, which read on what is left and write their figures. */
export async function stop(context: Context): Promise<Layout<Vars>> {
  const run = await underWay(context);
  if (run === undefined) return () => [];
  const { work } = run;
  return () => [
    action(
      {
        title: 'stop the clients, and read on what is left',
        run: sh`${process.execPath} ${CLIENT} stop ${work}`,
      },
      { timeLimit: 150 },
    ),
  ];
}
