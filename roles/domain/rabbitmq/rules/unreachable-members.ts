import { isOnHost } from '../facts/node-names.ts';

/** Hosts that did not answer, and members of the cluster that no answering host is, put side by side. */
export interface Unreachable {
  /** Hosts that are or may be members. */
  readonly members: readonly string[];
  /** Members that are no host of the inventory. */
  readonly strangers: readonly string[];
}

/**
 * A host that does not answer can't say how its node is called: it is told by the host's name, and where names don't
 * fit each other any of the rest may be any other.
 */
export function matchUnreachable(nodes: readonly string[], hosts: readonly string[]): Unreachable {
  const named = hosts.filter((host) => nodes.some((node) => isOnHost(node, host)));
  const rest = hosts.filter((host) => !named.includes(host));
  const unnamed = nodes.filter((node) => !hosts.some((host) => isOnHost(node, host)));
  return {
    members: unnamed.length > 0 ? hosts : named,
    strangers: rest.length === 0 ? unnamed : [],
  };
}
