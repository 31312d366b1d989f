import { join } from 'node:path';
import { action, file, type Layout, type NoVars, sh } from '../../../lib/index.ts';
import { inject } from '../fault.ts';
import type { RunParams } from '../params.ts';
import { playbook } from './playbook.ts';
import { type Context, underWay } from './run.ts';

/** Injects the fault, or runs the playbooks that are the scenario. */
export async function injectFaults(context: Context, params: RunParams): Promise<Layout<NoVars>> {
  const run = await underWay(context, params);
  if (run === undefined) return () => [];
  const { scenario, own, work, seconds } = run;
  const playbooks = scenario.playbooks?.(own) ?? [];
  const faults = scenario.faults?.(await run.state(), own) ?? [];
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
export async function letFaultLast(context: Context, params: RunParams): Promise<Layout<NoVars>> {
  const run = await underWay(context, params);
  if (run?.scenario.faults === undefined) return () => [];
  const { seconds } = run;
  return () => [
    action(
      { title: `the fault lasts ${seconds} s`, run: sh`sleep ${seconds + 2}` },
      { timeLimit: seconds + 60 },
    ),
  ];
}
