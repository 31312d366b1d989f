import { isRunning, type Snapshot } from '../facts/snapshot.ts';

/**
 * What a node is that belongs to no cluster with others: `blank` was never started, `empty` runs and holds nothing,
 * `data` holds something, and `untold` does not run, so that it can't be told.
 */
export type StandaloneState = 'blank' | 'empty' | 'data' | 'untold';

/**
 * Judges a node that belongs to no cluster with others.
 * @param harmless users that every cluster of ours has, which are no data
 */
export function judgeStandalone(
  node: Snapshot,
  harmless: readonly string[],
): { readonly standing: StandaloneState; readonly reason: string } {
  const { disk } = node;
  if (!isRunning(node)) {
    if (disk.neverBooted) return { standing: 'blank', reason: 'never came to the end of its first boot' };
    if (disk.stored > 0)
      return { standing: 'data', reason: `not running, with ${disk.stored} queues on disk` };
    return disk.present || node.live
      ? { standing: 'untold', reason: 'a cluster of one that is not running' }
      : { standing: 'blank', reason: 'never started' };
  }
  const data = dataOf(node, harmless);
  return data === ''
    ? { standing: 'empty', reason: 'a cluster of one with nothing in it' }
    : { standing: 'data', reason: `a cluster of one with ${data}` };
}

/** What a join would destroy, in words; empty when nothing. What can't be told counts as something. */
function dataOf({ live }: Snapshot, harmless: readonly string[]): string {
  const users = live?.users?.filter(({ name }) => !harmless.includes(name));
  const vhosts = live?.vhosts?.filter((vhost) => vhost !== '/');
  return [
    counted(live?.queues, 'queues'),
    counted(live?.exchanges, 'exchanges'),
    counted(vhosts?.length, 'virtual hosts'),
    counted(users?.length, 'users'),
    counted(live?.policies?.length, 'policies'),
    counted(live?.parameters, 'parameters'),
  ]
    .filter(Boolean)
    .join(', ');
}

function counted(count: number | null | undefined, what: string): string {
  if (count === null || count === undefined) return `${what} that could not be counted`;
  if (count === 1) return `1 ${what === 'policies' ? 'policy' : what.slice(0, -1)}`;
  return count === 0 ? '' : `${count} ${what}`;
}
