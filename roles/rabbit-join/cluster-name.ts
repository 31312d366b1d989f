import { defineTask, type TaskType } from '../../lib/index.ts';
import { askBroker, type Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { ctl } from '../domain/rabbitmq/scripts/commands.ts';

export const clusterNameType: TaskType<{ readonly name: string }, Snapshot> = {
  name: 'rabbit-cluster-name',
  title: ({ name }) => `cluster name ${name}`,
  claims: ({ name }) => ({ 'rabbitmq cluster name': name }),
  fact: () => askBroker,
  diff({ live }, { name }) {
    if (live?.running !== true) throw new Error('the broker is not running');
    return live.clusterName === name
      ? []
      : [{ what: 'cluster name', from: live.clusterName ?? undefined, to: name }];
  },
  apply: ({ name }) => ctl('set_cluster_name', name),
};

/** The name a cluster shows to its clients. */
export const clusterName = defineTask(clusterNameType);
