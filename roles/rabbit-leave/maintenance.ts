import { defineFact, defineTask, lines, sh, type TaskType } from '../../lib/index.ts';
import { alone, evaluate, tool } from '../domain/rabbitmq/commands.ts';

export interface MaintenanceWant {
  /** As in `rabbit@hadoop003`. */
  readonly node: string;
}

/** Whether the node is in maintenance mode. */
const inMaintenance = defineFact({
  name: 'maintenance mode',
  script: sh`answer=$( ${evaluate('rabbit_maintenance:is_being_drained_local_read(node()).')} ) || answer=
case $answer in
  *true*) echo on ;;
  *false*) echo off ;;
  *) if ${tool('rabbitmq-diagnostics', '-q', 'eval', 'rabbit_maintenance:is_being_drained_local_read(node()).')} 2>/dev/null |
    grep -qx true; then echo on; else echo off; fi ;;
esac`,
  parse({ stdout }) {
    if (stdout !== 'on' && stdout !== 'off')
      throw new Error('the broker did not say whether it is in maintenance mode');
    return stdout === 'on';
  },
});

/** A node that takes no clients, has closed those it had, and has given its leaders away. */
export const maintenanceType: TaskType<MaintenanceWant, boolean> = {
  name: 'rabbit-maintenance',
  title: ({ node }) => `${node} in maintenance mode`,
  claims: ({ node }) => ({ [`rabbitmq maintenance of ${node}`]: 'on' }),
  fact: () => inMaintenance,
  diff: (on) => (on ? [] : [{ what: 'maintenance mode', from: 'off', to: 'on' }]),
  apply: () => lines(alone, tool('rabbitmq-upgrade', '-q', 'drain')),
};

export const maintenance = defineTask(maintenanceType);

/** Whether this version can be put into maintenance mode: from 3.8.8 on, and not in 3.11.17, where it is broken. */
export function hasMaintenance(version: string | null | undefined): boolean {
  const [major = 0, minor = 0, patch = 0] = (version ?? '').split(/[.+-]/).map(Number);
  if (version === '3.11.17') return false;
  return major > 3 || (major === 3 && (minor > 8 || (minor === 8 && patch >= 8)));
}
