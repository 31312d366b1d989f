import { type Change, defineTask, directory, file, sh, type Task, type TaskType } from '../../lib/index.ts';
import { askBroker, type Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { ctl, evaluate } from '../domain/rabbitmq/scripts/commands.ts';
import { FIRST_START } from './formation.ts';
import { KEY } from './partition-files.ts';
import type { Handling, PartitionPlan } from './partitions.ts';
import { DROP_INS, PARTITIONS } from './paths.ts';

/** What a task claims that restarts a broker for its files. */
const CONFIGURATION = 'rabbitmq configuration';

export interface HandlingWant {
  readonly handling: Handling;
}

/**
 * What a running broker does in a network partition. It looks the setting up whenever it loses sight of another, so
 * that no restart is needed; one that is stopped reads its files when it starts.
 */
export const handlingType: TaskType<HandlingWant, Snapshot> = {
  name: 'rabbit-partition-handling',
  title: ({ handling }) => `broker runs with ${KEY} ${handling}`,
  claims: ({ handling }) => ({ 'rabbitmq partition handling': handling }),
  fact: () => askBroker,
  diff({ live }, { handling }, pending): readonly Change[] {
    const restarts = pending.some(({ claims }) => FIRST_START in claims || CONFIGURATION in claims);
    if (restarts || live?.running !== true || live.partitionHandling === handling) return [];
    return [{ what: KEY, from: live.partitionHandling ?? 'not set', to: handling }];
  },
  apply({ handling }) {
    const set = `application:set_env(rabbit, ${KEY}, ${handling}).`;
    return sh`{ ${evaluate(set)} || ${ctl('eval', set)}; } >/dev/null`;
  },
};

const runsWith = defineTask(handlingType);

/** The drop-in of one host. rabbitmq.conf may be an operator's own, and is left alone. */
export function partitionFiles({ dropIn }: PartitionPlan): readonly Task[] {
  if (dropIn === undefined) return [];
  if (dropIn === 'absent') return [file({ path: PARTITIONS, state: 'absent' })];
  return [
    directory({ path: DROP_INS }),
    file({
      path: PARTITIONS,
      content: `# Written by ts-play, since nothing else says it: rabbit_config_partition_handling in the inventory does.\n${KEY} = ${dropIn}\n`,
      // A broker that is not installed yet has no account of its own; there is no secret in it.
      mode: '0644',
    }),
  ];
}

/** After the files and the restarts that they need. */
export function partitionsRunning({ running }: PartitionPlan): readonly Task[] {
  return running === undefined ? [] : [runsWith({ handling: running })];
}
