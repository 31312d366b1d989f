import { defineParametricPlaybook } from 'ts-play';
import { rabbitMend, rabbitRestart, rabbitRolled, rollGates, undoOut } from 'ts-play/roles/rabbit-restart';

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
  make: ({ params, inventory }) => {
    const proxies = inventory.groups.get('proxies') ?? [];
    return {
      lock: { name: 'rabbitmq', hosts: 'brokers' },
      plays: [
        {
          name: 'what an earlier run left',
          hosts: 'brokers',
          become: true,
          roles: [rabbitMend(), ...(params.anew ? [rabbitRolled({ restart_anew: true })] : [])],
        },
        {
          name: 'roll',
          hosts: 'brokers',
          become: true,
          serial: 1,
          gates: rollGates,
          roles: [rabbitRestart()],
          undo: undoOut(proxies),
        },
        { name: 'the end', hosts: 'brokers', become: true, roles: [rabbitRolled()] },
      ],
    };
  },
});
