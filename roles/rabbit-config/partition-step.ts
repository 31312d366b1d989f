import type { StepContext } from '../../lib/index.ts';
import { knownMembers, type Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { compareVersions } from '../domain/rabbitmq/rules/versions.ts';
import type { Vars } from '../domain/rabbitmq/settings/config.ts';
import { partitionHandlingOf } from '../domain/rabbitmq/settings/partition-handling.ts';
import { adviceOf } from './partition-advice.ts';
import type { PartitionFiles } from './partition-files.ts';
import { type PartitionPlan, type PartitionView, plans } from './partitions.ts';

type Asking = Pick<StepContext<Vars>, 'hosts' | 'playHosts' | 'warn' | 'report'>;

/** All brokers that are known: a host that is silent today must not change what the others are told. */
export function namesOf(nodes: ReadonlyMap<string, Snapshot>): readonly string[] {
  return [...new Set([...nodes.values()].flatMap((node) => [node.node, ...knownMembers(node)]))].sort();
}

/** What each host does in a network partition; tells what the user should know of it. */
export function decide(
  { hosts, playHosts, warn, report }: Asking,
  nodes: ReadonlyMap<string, Snapshot>,
  said: ReadonlyMap<string, PartitionFiles>,
): ReadonlyMap<string, PartitionPlan> {
  const own = new Map(hosts.map(({ name, vars }) => [name, vars]));
  const views = playHosts.flatMap((host): readonly PartitionView[] => {
    const { name } = host;
    const live = nodes.get(name)?.live;
    if (isKhepriOnly(live?.version)) return [];
    const runsWith = (live?.running && live.partitionHandling) || undefined;
    return [
      { name, own: own.get(name), told: partitionHandlingOf(host)?.value, said: said.get(name), runsWith },
    ];
  });
  const count = Math.max(playHosts.length, namesOf(nodes).length);
  const decided = plans(views, count);
  const { warnings, notes } = adviceOf(views, decided, count);
  for (const text of warnings) warn(text);
  if (notes.length > 0) {
    const title = 'what brokers do in a network partition is left as it is';
    report({ title, text: notes.join('\n'), data: notes });
  }
  return decided;
}

/** RabbitMQ 4.3 keeps its metadata in Khepri alone, where a majority decides by itself and the setting means nothing. */
function isKhepriOnly(version: string | null | undefined): boolean {
  return typeof version === 'string' && version !== '' && compareVersions(version, '4.3') >= 0;
}
