import { type Health, type QueueHealth, queueTitle } from '../facts/health.ts';

/** Why it would not be safe to go on, a sentence each; empty when it is. */
export type Reasons = readonly string[];

/** Nodes see each other, all that belong to the cluster run, and none has an alarm. */
export function clusterProblems(views: readonly Health[], without: readonly string[] = []): Reasons {
  const partitions = views.flatMap(({ node, partitions: others }) =>
    others.length > 0 ? [`${node} is cut off from ${others.join(', ')}: a network partition`] : [],
  );
  const [view] = views;
  if (view === undefined) return ['no broker answers'];
  const down = view.members.filter((node) => !view.up.includes(node) && !without.includes(node));
  const alarms = view.alarms.map(({ what, node }) => `${node ?? 'the cluster'} has an alarm: ${what}`);
  return [...new Set([...partitions, ...down.map((node) => `${node} is down`), ...alarms])];
}

/** What the cluster loses while these nodes are away: its majority, or a queue's. */
export function lossOf({ members, up, queues }: Health, leaving: readonly string[]): Reasons {
  const left = up.filter((node) => !leaving.includes(node)).length;
  const reasons: string[] = [];
  if (left <= members.length / 2)
    reasons.push(`only ${left} of ${members.length} nodes would be left: no majority`);
  if (queues === null) return [...reasons, 'the queues could not be listed'];
  return [...reasons, ...queues.flatMap((queue) => lossOfQueue(queue, leaving) ?? [])];
}

/** Queues that are not served while these nodes are away, and come back with them and with their messages. */
export function pausedBy({ queues }: Health, leaving: readonly string[]): readonly QueueHealth[] {
  return (queues ?? []).filter(
    (queue) =>
      isUnreplicated(queue) &&
      queue.durable &&
      !queue.exclusive &&
      queue.members.some((node) => leaving.includes(node)),
  );
}

/** Whether the queue is by design in one place only. */
export function isUnreplicated({ type, members }: QueueHealth): boolean {
  return type === 'classic' && members.length <= 1;
}

function lossOfQueue(queue: QueueHealth, leaving: readonly string[]): string | undefined {
  const { type, members, online, exclusive } = queue;
  if (exclusive || isUnreplicated(queue) || !members.some((node) => leaving.includes(node))) return undefined;
  const left = online.filter((node) => !leaving.includes(node)).length;
  const title = `${type} queue ${queueTitle(queue)}`;
  if (type === 'classic') return left > 0 ? undefined : `${title} would have no synchronised mirror left`;
  const needed = Math.floor(members.length / 2) + 1;
  return left >= needed
    ? undefined
    : `${title} would have ${left} of ${members.length} members left, and needs ${needed}`;
}
