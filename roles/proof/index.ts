import { join } from 'node:path';
import { action, defineRole, sh } from '../../lib/index.ts';
import { runName } from './ledger/record.ts';
import { vars } from './params.ts';
import { begin, tidy, warm } from './run/begin.ts';
import { collect } from './run/collect.ts';
import { heal } from './run/fault.ts';
import { hold, strike } from './run/inject.ts';
import { settle, stop } from './run/settle.ts';
import { scenarioNamed } from './scenarios.ts';
import { CLIENT } from './site.ts';

export { type PlannedRun, proofRuns, withController } from './plan.ts';
export { rabbitVerdict } from './verdict.ts';

/** One run of one scenario of the proof, steered from the controller. */
export const rabbitProve = defineRole({
  name: 'rabbit-prove',
  description:
    'Clients under load while a fault is injected: what was confirmed, lost, and how long it took.',
  prefix: 'rabbit_prove_',
  vars,
  validate(hosts) {
    for (const { vars: own } of hosts) scenarioNamed(own.rabbit_prove_scenario);
  },
  steps: [tidy, begin, warm, strike, hold, ...settle, stop, collect],
});

/** What ends a run that failed half-way; the hosts' own timers do the same a little later. */
export function undoRun(ledger: string, scenario: string, run: number, hosts: readonly string[]) {
  const work = join(ledger, 'runs', runName({ scenario, run }));
  return [
    action({ title: 'end the clients', run: sh`${process.execPath} ${CLIENT} kill ${work}` }),
    ...hosts.map((on) => action({ title: 'undo the fault', run: heal }, { on })),
  ];
}
