import type { StepContext } from '../../../lib/index.ts';
import { askBroker, type Snapshot } from './facts/snapshot.ts';
import { ordered, preferredHosts } from './rules/founding-node.ts';

/**
 * The brokers of all hosts of a play, by host: the one that founds the cluster first. Hosts without an answer are
 * missing.
 * @param fresh ask again even if nothing was changed since
 */
export async function brokersOf(
  context: Pick<StepContext<unknown>, 'playHosts' | 'query' | 'received'>,
  fresh = false,
): Promise<ReadonlyMap<string, Snapshot>> {
  const { playHosts, query } = context;
  return ordered(await preferredHosts(context), await query(playHosts, { ...askBroker, fresh }));
}
