import { defineParametricPlaybook } from 'ts-play';
import { rabbitRestart, rabbitRolled, rollOver } from 'ts-play/operations/rabbit-restart';

/** Restarts the brokers one at a time, each out of virtual IP, proxies and service meanwhile; goes on where a run was cut off. */
export default defineParametricPlaybook({
  name: 'restart-rolling',
  params: {
    type: 'object',
    additionalProperties: false,
    properties: { ...rabbitRolled.params.properties, ...rabbitRestart.params.properties },
  },
  make: ({ params: { anew, proxy_group }, inventory }) =>
    rollOver(inventory, {
      first: { roles: anew ? [rabbitRolled({ anew })] : [] },
      roles: [rabbitRestart({ proxy_group })],
      last: { roles: [rabbitRolled()] },
      proxyGroup: proxy_group,
    }),
});
