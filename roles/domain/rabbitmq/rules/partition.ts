/** What one node says of the others. */
export interface View {
  readonly node: string;
  /** Nodes that it was cut off from. */
  readonly partitions: readonly string[];
}

/**
 * The sides of a network partition, the largest first; of equal ones the one of the node that comes first. Nodes are on
 * one side when neither was cut off from the other. Empty when there is no partition.
 */
export function sidesOf(views: readonly View[]): readonly (readonly string[])[] {
  if (views.every(({ partitions }) => partitions.length === 0)) return [];
  const nodes = [...new Set(views.flatMap(({ node, partitions }) => [node, ...partitions]))];
  const cutOff = (one: string, other: string) =>
    views.some(({ node, partitions }) => node === one && partitions.includes(other));
  const sides: string[][] = [];
  for (const node of nodes) {
    const side = sides.find((all) => all.every((other) => !cutOff(node, other) && !cutOff(other, node)));
    if (side) side.push(node);
    else sides.push([node]);
  }
  return sides.sort((a, b) => b.length - a.length);
}
