import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { action, file, type Layout, sh, type Task } from '../../lib/index.ts';
import { playbook } from './playbook.ts';
import type { Settled } from './record.ts';
import { type Context, type Run, underWay } from './run.ts';
import { CLIENT } from './site.ts';
import type { Vars } from './vars.ts';
import { unsettled } from './world.ts';

/** Seconds that clients work undisturbed once all is whole again. */
const STEADY = 3;
/** Why the cluster was helped, where it was. */
const HELPED = 'helped.json';

/**
 * Waits until the cluster is whole again, and writes down when it was. One that does not come back by itself is helped as
 * its operator would: start-cluster.ts is run.
 */
export async function settle(context: Context): Promise<Layout<Vars>> {
  const run = await underWay(context);
  if (run === undefined) return () => [];
  const { at, reasons } = await wholeAgain(run);
  if (at !== null) return () => wentOn(run, { at, reasons, helped: [] });
  context.warn(`${run.name} does not come back by itself, and is helped: ${reasons.join('; ')}`);
  return () => [
    file({ path: join(run.work, HELPED), content: JSON.stringify(reasons) }),
    playbook(run, ['start-cluster.ts'], 'help'),
  ];
}

/** Waits once more, for a cluster that was helped. */
export async function settleHelped(context: Context): Promise<Layout<Vars>> {
  const run = await underWay(context);
  if (run === undefined) return () => [];
  const answers = await context.query([run.controller], {
    name: 'why it was helped',
    fresh: true,
    script: sh`cat ${join(run.work, HELPED)} 2>/dev/null || :`,
    parse: ({ stdout }) => (stdout === '' ? [] : (JSON.parse(stdout) as readonly string[])),
  });
  const helped = answers.get(run.controller.name) ?? [];
  if (helped.length === 0) return () => [];
  const { at, reasons } = await wholeAgain(run);
  if (at === null) context.warn(`${run.name} did not settle: ${reasons.join('; ')}`);
  return () => wentOn(run, { at, reasons, helped });
}

async function wholeAgain(run: Run): Promise<Pick<Settled, 'at' | 'reasons'>> {
  const end = Date.now() + run.own.prove_settle_seconds * 1000;
  for (;;) {
    const world = await run.world();
    const reasons = unsettled(world, run.queues(world));
    if (reasons.length === 0) return { at: Date.now(), reasons };
    if (Date.now() > end) return { at: null, reasons };
    await sleep(1000);
  }
}

function wentOn({ work }: Run, settled: Settled): readonly Task[] {
  return [
    file({ path: join(work, 'settled.json'), content: JSON.stringify(settled) }),
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
