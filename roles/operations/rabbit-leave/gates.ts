import type { Gate, GateContext, StepContext } from '../../../lib/index.ts';
import type { Health } from '../../domain/rabbitmq/facts/health.ts';
import { askBroker } from '../../domain/rabbitmq/facts/snapshot.ts';
import { healthOf } from '../../domain/rabbitmq/gates/cluster.ts';
import { findLeaver, type Leaver } from './leaver.ts';
import { reasonsAgainst } from './reasons.ts';

/**
 * It is proven that the host's node can leave: the cluster keeps its majority, and no queue loses its only, its last
 * synchronised or a critical replica. For a play on the brokers that stay.
 * @param lose titles of queues that may be lost
 */
export function mayLeave(host: string, lose: readonly string[] = []): Gate {
  return {
    name: `${host} can leave the cluster without a loss`,
    at: ['before'],
    async check(context) {
      const look = await lookAtLeaver(context, host);
      return look === undefined
        ? ['no broker that stays answers']
        : reasonsAgainst([...look.views.values()], look.leaver, lose);
    },
  };
}

/** What those that stay and the one that leaves say; undefined when none of those that stay answers. */
export async function lookAtLeaver(
  context: Pick<GateContext & StepContext<unknown>, 'playHosts' | 'query'>,
  host: string,
): Promise<{ readonly views: ReadonlyMap<string, Health>; readonly leaver: Leaver } | undefined> {
  const [views, own] = await Promise.all([
    healthOf(context),
    context.query([{ name: host }], { ...askBroker, fresh: true }),
  ]);
  for (const [name, view] of views) if (!view.running) views.delete(name);
  if (views.size === 0) return undefined;
  return { views, leaver: findLeaver(host, views, context.playHosts.length, own.get(host)) };
}
