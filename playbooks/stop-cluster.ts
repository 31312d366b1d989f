import { defineParametricPlaybook, type Gate } from 'ts-play';
import { noPartition, rabbitStop } from 'ts-play/operations/rabbit-stop';

/** Stops the whole cluster, one node after the other; start-cluster.ts starts it again. */
export default defineParametricPlaybook({
  name: 'stop-cluster',
  params: {
    type: 'object',
    additionalProperties: false,
    properties: {
      ...rabbitStop.params.properties,
      force: {
        type: 'boolean',
        default: false,
        description: 'Stop it even while the network is partitioned.',
      },
    },
  },
  make: ({ params: { force, ...params } }) => {
    const gates: readonly Gate[] = force ? [] : [noPartition];
    return {
      lock: { name: 'rabbitmq', hosts: 'brokers' },
      plays: [{ name: 'stop', hosts: 'brokers', become: true, gates, roles: [rabbitStop(params)] }],
    };
  },
});
