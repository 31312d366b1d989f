import { join } from 'node:path';
import { action, file, type Layout, sh } from '../../../lib/index.ts';
import type { Vars } from '../params.ts';
import { inject } from './fault.ts';
import { playbook } from './playbook.ts';
import { type Context, underWay } from './run.ts';

/** Injects the fault, or runs the playbooks that are the scenario. */
export async function strike(context: Context): Promise<Layout<Vars>> {
  const run = await underWay(context);
  if (run === undefined) return () => [];
  const { scenario, own, work, seconds } = run;
  const playbooks = scenario.playbooks?.(own) ?? [];
  const faults = scenario.faults?.(await run.world(), own) ?? [];
  return () => [
    file({
      path: join(work, 'faults.json'),
      content: JSON.stringify(faults.map(({ on, what }) => ({ on, what }))),
    }),
    ...faults.map((fault) =>
      action({ title: `${scenario.name}: ${fault.what}`, run: inject(fault, seconds) }, { on: fault.on }),
    ),
    ...playbooks.map((each) => playbook(run, each, 'playbooks')),
  ];
}

/** Lets the fault last. */
export async function hold(context: Context): Promise<Layout<Vars>> {
  const run = await underWay(context);
  if (run?.scenario.faults === undefined) return () => [];
  const { seconds } = run;
  return () => [
    action(
      { title: `the fault lasts ${seconds} s`, run: sh`sleep ${seconds + 2}` },
      { timeLimit: seconds + 60 },
    ),
  ];
}
