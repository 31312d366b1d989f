import { defineParametricPlaybook } from 'ts-play';
import { rabbitStart } from 'ts-play/operations/rabbit-start';

/** Starts a stopped cluster: all nodes at once, and none when the disks say that a lost one is waited for. */
export default defineParametricPlaybook({
  name: 'start-cluster',
  params: rabbitStart.params,
  make: ({ params }) => ({
    lock: { name: 'rabbitmq', hosts: 'brokers' },
    plays: [{ name: 'start', hosts: 'brokers', become: true, roles: [rabbitStart(params)] }],
  }),
});
