import { defineParametricPlaybook } from 'ts-play';
import { rabbitForget } from 'ts-play/operations/rabbit-forget';

/** Has the cluster forget a node that is lost; with `offline` while nothing runs because that node is missing. */
export default defineParametricPlaybook({
  name: 'forget-node',
  params: rabbitForget.params,
  make: ({ params }) => ({
    lock: { name: 'rabbitmq', hosts: 'brokers' },
    plays: [{ name: 'forget', hosts: 'brokers', become: true, roles: [rabbitForget(params)] }],
  }),
});
