import type { Policy } from '../domain/rabbitmq/facts/snapshot.ts';

const QUEUES = ['classic_queues', 'quorum_queues', 'streams'];

/** Names of policies that match the same things as the wanted one with the same priority: only one of them applies. */
export function overlapping(
  policies: readonly Policy[],
  wanted: Policy,
  absent: readonly string[],
): readonly string[] {
  return policies
    .filter(({ vhost, name }) => vhost === wanted.vhost && name !== wanted.name && !absent.includes(name))
    .filter(({ pattern, priority }) => pattern === wanted.pattern && priority === wanted.priority)
    .filter(({ applyTo }) => kinds(applyTo).some((kind) => kinds(wanted.applyTo).includes(kind)))
    .map(({ name }) => name);
}

/** The kinds of things that an apply-to stands for. */
function kinds(applyTo: string): readonly string[] {
  if (applyTo === 'all') return [...QUEUES, 'exchanges'];
  return applyTo === 'queues' ? QUEUES : [applyTo];
}
