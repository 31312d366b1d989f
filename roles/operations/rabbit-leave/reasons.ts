import { type Health, type QueueHealth, queueTitle } from '../../domain/rabbitmq/facts/health.ts';
import { clusterProblems, lossOf, pausedBy, type Reasons } from '../../domain/rabbitmq/rules/safety.ts';
import type { Leaver } from './leaver.ts';

/**
 * Why it would not be safe that the node leaves; empty when it is proven to be, or has left already.
 * @param views what the nodes that stay say
 * @param lose titles of queues that may be lost with it
 */
export function reasonsAgainst(
  views: readonly Health[],
  leaver: Leaver,
  lose: readonly string[] = [],
): Reasons {
  const apart = disagreement(views);
  const [view] = views;
  if (view === undefined || apart.length > 0) return apart;
  const { node, member, up, snapshot, host } = leaver;
  if (node === undefined || !member) return [];
  const kept = (view.queues ?? []).filter((queue) => !lose.includes(queueTitle(queue)));
  const judged: Health = { ...view, queues: view.queues === null ? null : kept };
  // Of several dead nodes one has to be the first to go: whether enough are left is judged by the majority.
  const gone = up ? [] : view.members.filter((name) => !view.up.includes(name));
  const discs = view.members.filter((name) => name !== node && !view.ram.includes(name));
  const others = view.draining.filter((name) => name !== node);
  return [
    ...clusterProblems(views, gone),
    ...(up && snapshot === undefined
      ? [`${node} runs in the cluster, and ${host} can't be reached: a node that lives leaves by itself`]
      : []),
    ...(up && snapshot !== undefined && snapshot.live === undefined
      ? [
          `${node} runs in the cluster, and does not answer on ${host}: does it have the cookie of the others?`,
        ]
      : []),
    ...others.map((name) => `${name} is in maintenance mode: it has to come back first`),
    ...lossOf(judged, [node]),
    ...(discs.length === 0 ? [`${node} is the last disc node`] : []),
    ...pausedBy(judged, [node]).map((queue) => onlyCopy(queue, node)),
  ];
}

/** Nodes that do not agree on who belongs to their cluster are several clusters, or about to be. */
function disagreement(views: readonly Health[]): Reasons {
  const [first, ...rest] = views;
  if (first === undefined) return ['no broker that stays answers'];
  const told = ({ members }: Health) => [...members].sort().join(', ');
  return rest
    .filter((view) => told(view) !== told(first))
    .map((view) => `${first.node} counts ${told(first)} to its cluster, and ${view.node} ${told(view)}`);
}

function onlyCopy(queue: QueueHealth, node: string): string {
  const title = queueTitle(queue);
  return `the only copy of ${queue.type} queue ${title} is on ${node}: mirror it, move or delete it, or let it be lost: -e '${JSON.stringify({ lose: [title] })}'`;
}
