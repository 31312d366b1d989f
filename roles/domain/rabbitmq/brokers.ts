import type { HostView, StepContext } from '../../../lib/index.ts';
import { askBroker, type Snapshot } from './facts/snapshot.ts';
import { ordered, preferred } from './rules/founding-node.ts';

interface Asking extends Pick<StepContext<unknown>, 'query'> {
  readonly playHosts: readonly HostView[];
}

/**
 * The brokers of all hosts of a play, by host: the one that founds the cluster first. Hosts without an answer are
 * missing.
 * @param fresh ask again even if nothing was changed since
 */
export async function brokersOf(
  { playHosts, query }: Asking,
  fresh = false,
): Promise<ReadonlyMap<string, Snapshot>> {
  return ordered(preferred(playHosts), await query(playHosts, { ...askBroker, fresh }));
}
