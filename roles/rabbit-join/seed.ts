import { isRunning, type Snapshot } from '../support/rabbitmq/snapshot.ts';

/**
 * The host whose cluster the others join: one of the largest cluster there is, the preferred one among equals, so
 * that a seed that lost its disk joins its cluster again instead of founding a second one.
 * @param nodes what the hosts answered, in the inventory's order
 * @returns undefined when no node answered
 */
export function chooseSeed(
  nodes: ReadonlyMap<string, Snapshot>,
  preferred: string | undefined,
): string | undefined {
  const names = new Set([...nodes.values()].map(({ node }) => node));
  const size = (snapshot: Snapshot) =>
    (knownMembers(snapshot) ?? []).filter((member) => names.has(member)).length;
  const rank = ([host, snapshot]: readonly [string, Snapshot]) =>
    (isRunning(snapshot) ? 1000 : 0) * (size(snapshot) > 1 ? size(snapshot) : 0) +
    (size(snapshot) > 1 ? size(snapshot) : 0) +
    (host === preferred ? 0.5 : 0);
  let best: readonly [string, Snapshot] | undefined;
  for (const entry of nodes) if (best === undefined || rank(entry) > rank(best)) best = entry;
  return best?.[0];
}

function knownMembers({ live, disk }: Snapshot): readonly string[] | undefined {
  return live?.members ?? (disk.members.length > 0 ? disk.members : undefined);
}
