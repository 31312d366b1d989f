import { defineTask, lines, type TaskType } from '../../../../lib/index.ts';
import { askQueues, type Health, type QueueHealth, queueTitle } from '../facts/health.ts';
import { underLock } from '../scripts/commands.ts';
import type { NodeWant } from './forgotten.ts';
import { removeMembers } from './queue-members.ts';

/** No quorum queue and no stream has a member on the node; one that has no other keeps its last. */
export const withoutMembersType: TaskType<NodeWant, Health> = {
  name: 'without-members',
  title: ({ node }) => `no quorum queue or stream has a member on ${node}`,
  claims: ({ node }) => ({ [`quorum members on ${node}`]: 'none' }),
  fact: () => askQueues,
  diff: ({ queues }, { node }) =>
    held(queues, node).map((queue) => ({ what: queueTitle(queue), from: `a member on ${node}`, to: 'none' })),
  apply: ({ node }, _changes, { queues }) => lines(underLock, removeMembers(held(queues, node), node)),
};

export const withoutMembers = defineTask(withoutMembersType);

function held(queues: readonly QueueHealth[] | null, node: string): readonly QueueHealth[] {
  return (queues ?? []).filter(
    ({ type, members }) => type !== 'classic' && members.length > 1 && members.includes(node),
  );
}
