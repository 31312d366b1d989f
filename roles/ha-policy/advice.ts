import type { Report } from '../../lib/index.ts';
import type { Policy } from '../domain/rabbitmq/facts/snapshot.ts';
import type { Compiled } from './definition.ts';
import type { Straggler, Stragglers } from './queues.ts';

/** Lines of a report that a person reads to the end. */
const LINES = 20;

/** What to tell of queues that the policy does not help, each with the reason and what to do; undefined for none. */
export function advise(
  { total, queues }: Stragglers,
  wanted: Compiled,
  policies: readonly Policy[],
): Report | undefined {
  const { vhost, name } = wanted.policy;
  const found = queues.flatMap((queue) => {
    const reason = why(queue, wanted, policies);
    return reason === undefined ? [] : [{ name: queue.name, ...reason }];
  });
  if (found.length === 0) return undefined;
  const lines = found
    .slice(0, LINES)
    .map(({ name: queue, why: reason, next }) => `${queue}: ${reason}; ${next}`);
  const rest = found.length - lines.length + (total - queues.length);
  return {
    title: `queues on ${vhost} that the policy ${name} does not help`,
    text: [...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n'),
    data: { vhost, policy: name, total: found.length + (total - queues.length), queues: found },
  };
}

interface Reason {
  readonly why: string;
  readonly next: string;
}

function why(
  queue: Straggler,
  { kind, policy, members = 0 }: Compiled,
  policies: readonly Policy[],
): Reason | undefined {
  if (queue.exclusive) {
    return { why: 'exclusive, so it ends with its connection', next: 'declare it without exclusive' };
  }
  if (kind === 'quorum' && queue.type === 'rabbit_classic_queue') return classic(queue);
  const other = policies.find(({ vhost, name }) => vhost === policy.vhost && name === queue.policy);
  if (other !== undefined && other.name !== policy.name && other.priority >= policy.priority) {
    return {
      why: `the policy ${other.name} of priority ${other.priority} applies to it instead`,
      next: 'raise ha_policy_priority, or let the patterns differ',
    };
  }
  if (kind === 'quorum' && queue.type === 'rabbit_quorum_queue' && queue.members < members) {
    return {
      why: `${queue.members} of ${members} members`,
      next: `run on a broker for each node that shall get one: rabbitmq-queues grow rabbit@NODE all --vhost-pattern '${exactly(policy.vhost)}' --queue-pattern '${exactly(queue.name)}'`,
    };
  }
  return undefined;
}

function classic({ durable, autoDelete }: Straggler): Reason {
  if (!durable) return { why: 'a classic queue, not durable', next: 'declare it durable' };
  if (autoDelete) {
    return {
      why: 'a classic queue, auto-delete',
      next: 'declare it without auto-delete, with x-expires instead',
    };
  }
  return {
    why: 'a classic queue, which can not become a quorum queue',
    next: 'move its messages, delete it and declare it with x-queue-type: quorum',
  };
}

/** A regular expression for just this text. */
function exactly(text: string): string {
  return `^${text.replaceAll(/[.*+?^${'$'}{}()|[\]\\]/g, '\\$&')}$`;
}
