import { join } from 'node:path';
import { action, defineOperation, sh } from '../../lib/index.ts';
import { undoFaults } from './fault.ts';
import { runName } from './ledger/record.ts';
import { runParams } from './params.ts';
import { begin, cleanUp, warmUp } from './run/begin.ts';
import { collect } from './run/collect.ts';
import { injectFaults, letFaultLast } from './run/inject.ts';
import type { Context } from './run/run.ts';
import { settle, stop } from './run/settle.ts';
import { scenarioNamed } from './scenarios.ts';
import { CLIENT } from './site.ts';

export { proofParams } from './params.ts';
export { type PlannedRun, proofRuns, withController } from './plan.ts';
export { proofVerdict } from './verdict.ts';

/** One run of one scenario of the proof, controlled from `localhost`. */
export const proofRun = defineOperation({
  name: 'rabbit-prove',
  description:
    'Clients under load while a fault is injected: what was confirmed, lost, and how long it took.',
  params: runParams,
  validate: ({ scenario }) => void scenarioNamed(scenario),
  steps: (params) =>
    [cleanUp, begin, warmUp, injectFaults, letFaultLast, ...settle, stop, collect].map(
      (step) => (context: Context) => step(context, params),
    ),
});

/** What ends a run that failed half-way; the hosts' own timers do the same a little later. */
export function undoRun(ledger: string, scenario: string, run: number, hosts: readonly string[]) {
  const work = join(ledger, 'runs', runName({ scenario, run }));
  return [
    action({ title: 'end the clients', run: sh`${process.execPath} ${CLIENT} kill ${work}` }),
    ...hosts.map((on) => action({ title: 'undo the fault', run: undoFaults }, { on })),
  ];
}
