import { action, sh, type Task } from '../../../lib/index.ts';
import { PROGRAM, shippedPlaybook } from '../site.ts';
import type { Run } from './run.ts';

/**
 * Runs a playbook on the cluster while the clients are at work. How it ended is a line of the run's file `notes`: name,
 * from and to in milliseconds since the epoch, exit code. It fails nothing here: the verdict says what it comes to.
 */
export function playbook({ own, work }: Run, [name = '', ...args]: readonly string[], notes: string): Task {
  const inventories = own.inventories.flatMap((path) => ['-i', path]);
  const now = sh`${process.execPath} -p ${'Date.now()'}`;
  return action(
    {
      title: `${name} under load`,
      run: sh`cd ${work}
began=$(${now})
${process.execPath} ${PROGRAM} ${shippedPlaybook(name)} ${inventories} ${args} --output plain >${name}.log 2>&1 && code=0 || code=$?
echo "${name} $began $(${now}) $code" >>${notes}`,
    },
    { timeLimit: 1800 },
  );
}
