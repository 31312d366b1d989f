import type { Health } from '../../domain/rabbitmq/facts/health.ts';

/** A node and the host it is on. */
export interface Placed {
  readonly host: string;
  readonly node: string;
}

/**
 * The order in which to stop a cluster's nodes: ram nodes first, since they have the cluster from a disc node; then disc
 * nodes, the play's first host last, so that it knows most when the cluster starts again: the others wait for it, and it waits for none.
 * @param nodes in the play's order
 */
export function stopOrder(nodes: readonly Placed[], ram: readonly string[]): readonly Placed[] {
  const backwards = [...nodes].reverse();
  return [
    ...backwards.filter(({ node }) => ram.includes(node)),
    ...backwards.filter(({ node }) => !ram.includes(node)),
  ];
}

/** Why the nodes that answer are not one cluster as it is; empty when they are. */
export function splits(views: readonly Health[]): readonly string[] {
  const running = views.filter(({ running: runs }) => runs);
  return [
    ...new Set(
      running.flatMap(({ node, partitions, up, members }) => [
        ...(partitions.length > 0
          ? [`${node} is cut off from ${partitions.join(', ')}: a network partition`]
          : []),
        ...running
          .filter((other) => members.includes(other.node) && !up.includes(other.node))
          .map((other) => `${node} does not see ${other.node}, which runs: a network partition`),
      ]),
    ),
  ];
}
