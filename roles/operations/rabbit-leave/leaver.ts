import type { Health } from '../../domain/rabbitmq/facts/health.ts';
import { isOnHost } from '../../domain/rabbitmq/facts/node-names.ts';
import { isRunning, knownMembers, type Snapshot } from '../../domain/rabbitmq/facts/snapshot.ts';

/** What is known of the node that leaves. */
export interface Leaver {
  /** Its name in the inventory. */
  readonly host: string;
  /** Its node's name; undefined if it has left and does not answer. */
  readonly node: string | undefined;
  /** The others count it to their cluster. */
  readonly member: boolean;
  /** It runs in their cluster, by their word. */
  readonly up: boolean;
  /** What its own host says; undefined where that can't be reached. */
  readonly snapshot: Snapshot | undefined;
}

/**
 * Finds the node of a host that leaves. A host that can't be reached can't say how its node is called: then it is the
 * member that belongs to no other host.
 * @param views what the nodes that stay say, by host; not empty
 * @param staying how many hosts stay
 * @throws Error when it can't be told which of several members it is
 */
export function findLeaver(
  host: string,
  views: ReadonlyMap<string, Health>,
  staying: number,
  snapshot: Snapshot | undefined,
): Leaver {
  const [view] = views.values();
  const node = snapshot?.node ?? inferred(host, views, staying);
  return {
    host,
    node,
    member: node !== undefined && (view?.members.includes(node) ?? false),
    up: node !== undefined && (view?.up.includes(node) ?? false),
    snapshot,
  };
}

/** Whether the host's own broker believes in the cluster that it leaves, or is what a leave has left half done. */
export function isOurs({ member, snapshot }: Leaver, cluster: readonly string[]): boolean {
  if (snapshot === undefined) return false;
  const others = knownMembers(snapshot).filter((name) => name !== snapshot.node);
  return (
    member || others.some((name) => cluster.includes(name)) || (others.length === 0 && !isRunning(snapshot))
  );
}

function inferred(host: string, views: ReadonlyMap<string, Health>, staying: number): string | undefined {
  const known = new Set([...views.values()].map(({ node }) => node));
  const [view] = views.values();
  const unknown = (view?.members ?? []).filter((node) => !known.has(node));
  const named = unknown.find((node) => isOnHost(node, host));
  if (named !== undefined || unknown.length === 0) return named;
  if (unknown.length === 1 && views.size === staying) return unknown[0];
  throw new Error(
    `${host} can't be reached, and which node is its can't be told: ${unknown.join(', ')} belong to no broker that answers`,
  );
}
