import { defineRole } from '../../../lib/index.ts';
import { whileDown } from '../../domain/rabbitmq/rolling/components.ts';
import { putBack, takeOut } from '../../domain/rabbitmq/rolling/out-of-service.ts';
import { rollingSteps } from '../../domain/rabbitmq/rolling/steps.ts';
import { rolled, rolledHosts } from './progress.ts';
import { type Vars, vars } from './params.ts';

export { type Roll, rollOver } from './roll.ts';

/** Brokers restarted one at a time, out of use while they are away (the seed's section 2.7). For a play with `serial: 1`. */
export const rabbitRestart = defineRole({
  name: 'rabbit-restart',
  description: 'One broker after the other restarted, out of virtual IP, proxies and service meanwhile.',
  prefix: 'rabbit_restart_',
  vars,
  steps: [
    async (context) => {
      for (const name of await rolledHosts(context, context.hosts))
        context.warn(`${name} was restarted by the run that this one goes on from`);
      return () => [];
    },
    ...rollingSteps<Vars, true>({
      proxies: (own) => own.rabbit_restart_proxy_group,
      async due(context) {
        const been = await rolledHosts(context, context.hosts);
        return new Map(context.hosts.flatMap(({ name }) => (been.has(name) ? [] : [[name, true] as const])));
      },
      deed: () => [whileDown('restart the broker', false)],
      done: () => [takeOut(rolled, { title: 'keep in mind that it was restarted' })],
    }),
  ],
});

/** Ends a roll: once all hosts have been at it, or at once. */
export const rabbitRolled = defineRole({
  name: 'rabbit-rolled',
  description: 'What hosts keep in mind of a roll is dropped once it is over.',
  prefix: 'rabbit_restart_',
  vars: {
    type: 'object',
    additionalProperties: false,
    properties: {
      rabbit_restart_anew: {
        type: 'boolean',
        default: false,
        description: 'Also drop it when the roll is not over.',
      },
    },
  },
  steps: [
    async ({ playHosts, query, check }) => {
      const been = await rolledHosts({ query }, playHosts);
      const over = check || playHosts.every(({ name }) => been.has(name));
      return ({ vars: own }) =>
        over || own.rabbit_restart_anew ? [putBack(rolled, { title: 'the roll is over' })] : [];
    },
  ],
});
