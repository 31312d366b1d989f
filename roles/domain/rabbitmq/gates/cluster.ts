import type { Gate, GateContext } from '../../../../lib/index.ts';
import { askHealth, type Health } from '../facts/health.ts';
import { clusterProblems, lossOf } from '../rules/safety.ts';

/** Every broker runs, none is cut off, no alarm; given five minutes to come to rest between batches. */
export const healthy: Gate = {
  name: 'the cluster is whole and calm',
  within: 300,
  at: ['between', 'after'],
  check: async (context) => clusterProblems([...(await healthOf(context)).values()]),
};

/** The same, where it has to be so already. */
export const healthyNow: Gate = { ...healthy, within: 0, at: ['before'] };

/** Neither the cluster nor a queue loses its majority, nor its last synchronised mirror, when the next hosts leave. */
export const survives: Gate = {
  name: 'nothing loses its quorum while the next node is away',
  within: 300,
  at: ['before', 'between'],
  async check(context) {
    const health = await healthOf(context);
    const leaving = context.next.flatMap(({ name }) => health.get(name)?.node ?? []);
    const staying = [...health].find(([name]) => !context.next.some((host) => host.name === name));
    const view = staying?.[1] ?? [...health.values()][0];
    return view === undefined ? ['no broker answers'] : lossOf(view, leaving);
  },
};

/** What each host's broker says of its cluster; silent ones are left out. */
export async function healthOf(
  context: Pick<GateContext, 'query' | 'playHosts'>,
): Promise<Map<string, Health>> {
  const answers = await context.query(context.playHosts, askHealth);
  return new Map([...answers].flatMap(([name, health]) => (health ? [[name, health] as const] : [])));
}
