import { defineParametricPlaybook } from 'ts-play';
import { rabbitForget } from 'ts-play/operations/rabbit-forget';

/** Has the cluster forget a node that is lost; with `offline` while nothing runs, for want of that node. */
export default defineParametricPlaybook({
  name: 'forget-node',
  params: {
    type: 'object',
    additionalProperties: false,
    required: ['node'],
    properties: {
      node: { type: 'string', minLength: 1, description: 'The node, or the host it was on.' },
      offline: { type: 'boolean', default: false, description: 'Have a stopped node forget it (Mnesia).' },
      queues: { type: 'boolean', default: false, description: 'Queues that only it has may be lost.' },
    },
  },
  make: ({ params }) => ({
    lock: { name: 'rabbitmq', hosts: 'brokers' },
    plays: [
      {
        name: 'forget',
        hosts: 'brokers',
        become: true,
        roles: [
          rabbitForget({
            rabbit_forget_node: params.node,
            rabbit_forget_offline: params.offline,
            rabbit_forget_queues: params.queues,
          }),
        ],
      },
    ],
  }),
});
