import { defineFact, defineTask, lines, type TaskType } from '../../../../lib/index.ts';
import { askHealth, type Health } from '../facts/health.ts';
import { ctl, underLock } from '../scripts/commands.ts';
import { retried } from '../scripts/retry.ts';

export interface NodeWant {
  /** As in `rabbit@hadoop003`. */
  readonly node: string;
}

/** Who belongs to the cluster, as a broker that answers says. */
const members = defineFact<Health>({
  ...askHealth,
  parse(reply) {
    const health = askHealth.parse(reply);
    if (health === undefined) throw new Error('the broker did not say who belongs to its cluster');
    return health;
  },
});

/** The running node that is asked does not count this one, which is stopped, to its cluster. */
export const forgottenType: TaskType<NodeWant, Health> = {
  name: 'rabbit-forgotten',
  title: ({ node }) => `${node} forgotten by the cluster`,
  claims: ({ node }) => ({ [`rabbitmq member ${node}`]: 'absent' }),
  fact: () => members,
  diff: ({ members }, { node }) =>
    members.includes(node) ? [{ what: 'membership', from: `one of ${members.length}`, to: 'none' }] : [],
  // A node that was stopped a moment ago may still count as one that runs.
  apply: ({ node }) => lines(underLock, retried(ctl('forget_cluster_node', node))),
};

/** Has a peer forget a node. To be preceded by {@link withoutMembers}: nobody shrinks queues by an unknown node's name. */
export const forgotten = defineTask(forgottenType);
