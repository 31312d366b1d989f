import type { Gate } from '../../../lib/index.ts';
import { askBroker } from '../../domain/rabbitmq/facts/snapshot.ts';
import { healthOf } from '../../domain/rabbitmq/gates/cluster.ts';
import { clusterProblems } from '../../domain/rabbitmq/rules/safety.ts';

/**
 * The cluster that a host is to come to is whole and calm. The newcomer itself doesn't count: it may have got half-way
 * in a run that was killed.
 */
export function readyToGrow(host: string): Gate {
  return {
    name: `the cluster is whole and calm before ${host} comes to it`,
    at: ['before'],
    async check(context) {
      const views = await healthOf(context);
      views.delete(host);
      const newcomer = (await context.query([{ name: host }], askBroker)).get(host);
      if (newcomer === undefined) return [`${host} can't be reached`];
      return clusterProblems([...views.values()], [newcomer.node]);
    },
  };
}
