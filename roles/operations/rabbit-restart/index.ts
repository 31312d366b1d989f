import { defineOperation } from '../../../lib/index.ts';
import { whileDown } from '../../domain/rabbitmq/rolling/components.ts';
import { putBack, takeOut } from '../../domain/rabbitmq/rolling/out-of-service.ts';
import { rollingSteps } from '../../domain/rabbitmq/rolling/steps.ts';
import { params } from './params.ts';
import { rolled, rolledHosts } from './progress.ts';

export { type Roll, rollOver } from './roll.ts';

/**
 * Restarts brokers one at a time, each out of service meanwhile (section 2.7 of the tutorial). For a play with
 * `serial: 1`, see {@link rollOver}.
 */
export const rabbitRestart = defineOperation({
  name: 'rabbit-restart',
  description: 'Restarts one broker after the other, out of virtual IP, proxies and service meanwhile.',
  params,
  steps: ({ proxy_group }) => [
    async (context) => {
      for (const name of await rolledHosts(context, context.hosts))
        context.warn(`${name} was restarted by the run that this one goes on from`);
      return () => [];
    },
    ...rollingSteps<true>({
      proxyGroup: proxy_group,
      async due(context) {
        const been = await rolledHosts(context, context.hosts);
        return new Map(context.hosts.flatMap(({ name }) => (been.has(name) ? [] : [[name, true] as const])));
      },
      action: () => [whileDown('restart the broker', false)],
      after: [takeOut(rolled, { title: 'keep in mind that it was restarted' })],
    }),
  ],
});

/** Ends a roll: once all hosts have been at it, or at once. */
export const rabbitRolled = defineOperation({
  name: 'rabbit-rolled',
  description: 'Drops what hosts keep in mind of a roll, once it is over.',
  params: {
    type: 'object',
    additionalProperties: false,
    properties: {
      anew: {
        type: 'boolean',
        default: false,
        formerly: ['rabbit_restart_anew'],
        description: 'Begin with the first host again, also after a run that was cut off.',
      },
    },
  },
  steps: ({ anew }) => [
    async ({ playHosts, query, check }) => {
      const been = await rolledHosts({ query }, playHosts);
      const over = check || playHosts.every(({ name }) => been.has(name));
      return () => (over || anew ? [putBack(rolled, { title: 'the roll is over' })] : []);
    },
  ],
});
