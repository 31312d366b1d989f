import { defineFact, defineTask, lines, type TaskType } from '../../../../lib/index.ts';
import { underLock } from '../scripts/commands.ts';
import { enterMaintenance, maintenanceMode } from '../scripts/maintenance.ts';

export interface MaintenanceWant {
  /** As in `rabbit@hadoop003`. */
  readonly node: string;
}

/** Whether the node is in maintenance mode. */
const inMaintenance = defineFact({
  name: 'maintenance mode',
  script: maintenanceMode,
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
  apply: () => lines(underLock, enterMaintenance),
};

export const maintenance = defineTask(maintenanceType);
