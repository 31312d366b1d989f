import { defineTask, lines, type TaskType, until } from '../../../lib/index.ts';
import { caughtUp, growthScript, parseGrowth } from '../../domain/rabbitmq/facts/growth.ts';
import { askQueues, type Health, type QueueHealth, queueTitle } from '../../domain/rabbitmq/facts/health.ts';
import { underLock } from '../../domain/rabbitmq/scripts/commands.ts';
import type { NodeWant } from '../../domain/rabbitmq/tasks/forgotten.ts';
import { addMember } from '../../domain/rabbitmq/tasks/queue-members.ts';

/** A member that a queue is to get on a node which has none of it. */
export interface Replacement {
  readonly queue: QueueHealth;
  readonly node: string;
}

/**
 * Quorum queues and streams survive as many lost nodes without this one as before, as far as other nodes go round: they
 * get a member on another node before they lose the one here.
 */
export const membersKeptType: TaskType<NodeWant, Health> = {
  name: 'members-kept',
  title: ({ node }) => `quorum queues and streams have members enough without ${node}`,
  claims: ({ node }) => ({ [`quorum members without ${node}`]: 'enough' }),
  fact: () => askQueues,
  diff: (health, { node }) =>
    replacements(health, node).map(({ queue, node: to }) => ({
      what: queueTitle(queue),
      to: `a member on ${to}`,
    })),
  apply: ({ node }, _changes, health) =>
    lines(underLock, ...replacements(health, node).map(({ queue, node: to }) => addMember(queue, to))),
};

export const membersKept = defineTask(membersKeptType);

/** Waits until a node's members have what their leaders have: until then a queue is no safer for having them. */
export function membersReady(node: string) {
  return until({
    that: `members on ${node} have all of their queues`,
    probe: growthScript(node),
    holds: (reply) => caughtUp(parseGrowth(reply)),
    within: 900,
    every: 2,
    next: 'look at the queues named; then run it again',
  });
}

/** Which queues get a member where, the nodes that have the fewest first. */
export function replacements({ up, draining, queues }: Health, leaving: string): readonly Replacement[] {
  const staying = up.filter((node) => node !== leaving && !draining.includes(node));
  const replicated = (queues ?? []).filter(({ type }) => type !== 'classic');
  const load = new Map(
    staying.map((node) => [node, replicated.filter(({ members }) => members.includes(node)).length]),
  );
  const planned: Replacement[] = [];
  for (const queue of replicated) {
    if (!queue.members.includes(leaving)) continue;
    const missing = wanted(queue, staying.length) - (queue.members.length - 1);
    const free = staying
      .filter((node) => !queue.members.includes(node))
      .sort((a, b) => (load.get(a) ?? 0) - (load.get(b) ?? 0));
    for (const node of free.slice(0, Math.max(0, missing))) {
      planned.push({ queue, node });
      load.set(node, (load.get(node) ?? 0) + 1);
    }
  }
  return planned;
}

/** How many members it is to have: an even number survives no more lost nodes than the odd one below. */
function wanted({ target, members }: QueueHealth, nodes: number): number {
  const most = Math.min(target ?? members.length, nodes);
  return most % 2 === 0 ? most - 1 : most;
}
