import { defineParametricPlaybook } from 'ts-play';
import { rabbitRestart, rabbitRolled, rollOver } from 'ts-play/operations/rabbit-restart';

/** Restarts the brokers one at a time, each out of virtual IP, proxies and service meanwhile; goes on where a run was cut off. */
export default defineParametricPlaybook({
  name: 'restart-rolling',
  params: {
    type: 'object',
    additionalProperties: false,
    properties: {
      anew: {
        type: 'boolean',
        default: false,
        description: 'Begin with the first host again, also after a run that was cut off.',
      },
    },
  },
  make: ({ params, inventory }) =>
    rollOver(inventory, {
      first: { roles: params.anew ? [rabbitRolled({ rabbit_restart_anew: true })] : [] },
      roles: [rabbitRestart()],
      last: { roles: [rabbitRolled()] },
    }),
});
