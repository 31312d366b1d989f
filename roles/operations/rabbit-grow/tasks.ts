import { defineTask, lines, sh, type TaskType } from '../../../lib/index.ts';
import { askGrowth, type Growth, leadsTooLittle, withoutMember } from '../../domain/rabbitmq/facts/growth.ts';
import { queueTitle } from '../../domain/rabbitmq/facts/health.ts';
import { tool, underLock } from '../../domain/rabbitmq/scripts/commands.ts';
import { addMember, addMembers } from '../../domain/rabbitmq/tasks/queue-members.ts';

interface Want {
  /** As in `rabbit@hadoop004`. */
  readonly node: string;
}

/** A member of every quorum queue and every stream on the node. */
export const membersType: TaskType<Want, Growth> = {
  name: 'queue-members',
  title: ({ node }) => `quorum queues and streams have a member on ${node}`,
  claims: ({ node }) => ({ [`quorum members on ${node}`]: 'all' }),
  fact: ({ node }) => askGrowth(node),
  diff: (growth, { node }) =>
    withoutMember(growth).map((queue) => ({ what: queueTitle(queue), to: `a member on ${node}` })),
  apply({ node }, _changes, growth) {
    const missing = withoutMember(growth);
    return lines(
      underLock,
      missing.some(({ type }) => type === 'quorum') && addMembers(node),
      ...missing.filter(({ type }) => type === 'stream').map((stream) => addMember(stream, node)),
    );
  },
};

export const members = defineTask(membersType);

/** Leaders spread over all nodes, where this one leads nothing and another too much. */
export const rebalancedType: TaskType<Want, Growth> = {
  name: 'leaders-rebalanced',
  title: ({ node }) => `${node} leads its share of the queues`,
  claims: ({ node }) => ({ [`leaders on ${node}`]: 'its share' }),
  fact: ({ node }) => askGrowth(node),
  diff: (growth) => (leadsTooLittle(growth) ? [{ what: 'leaders', from: 'none', to: 'rebalanced' }] : []),
  apply: () =>
    lines(
      underLock,
      sh`${tool('rabbitmq-queues', '-q', 'rebalance', 'all')} >/dev/null`,
      // A new leader writes down that it is one after it was elected.
      sh`sleep 2`,
    ),
};

export const rebalanced = defineTask(rebalancedType);
