import { KEY } from './partition-files.ts';
import {
  ENOUGH,
  INVENTORY,
  isRewritten,
  type PartitionPlan,
  type PartitionView,
  type Word,
  wordOf,
} from './partitions.ts';
import { CONF, DROP_INS } from './paths.ts';

const SAY = 'rabbit_config_partition_handling in the inventory';

/** What the user should know of what brokers do in a network partition. */
export interface PartitionAdvice {
  readonly warnings: readonly string[];
  /** A choice of somebody else that is respected, a line each. */
  readonly notes: readonly string[];
}

export function adviceOf(
  views: readonly PartitionView[],
  plans: ReadonlyMap<string, PartitionPlan>,
  count: number,
): PartitionAdvice {
  const words = views.flatMap((view) => wordOf(view) ?? []);
  const warnings = views.flatMap((view) => ofHost(view, plans.get(view.name) ?? {}));
  if (new Set(words.map(({ value }) => value)).size > 1) {
    const all = byPlace(words).join('; ');
    const differing = `brokers of one cluster are told to do different things in a network partition, and are left so: ${all}; say it for all of them: ${SAY}`;
    return { warnings: [differing, ...warnings], notes: [] };
  }
  const found = words.filter(({ where }) => where !== INVENTORY);
  const ignored = found.filter(({ value }) => value === 'ignore');
  const careless =
    ignored.length > 0 && count >= ENOUGH
      ? [
          `${byPlace(ignored).join('; ')}. It is left so, but nobody puts such a cluster together again after a network partition: take it out and run this again, which sets pause_minority, or say ${SAY}`,
        ]
      : [];
  const notes = byPlace(found.filter(({ value }) => value !== 'ignore' && value !== 'pause_minority'));
  return { warnings: [...careless, ...warnings], notes };
}

function ofHost(view: PartitionView, plan: PartitionPlan): readonly string[] {
  const { name, own, said } = view;
  if (plan.unread) {
    return [
      `${name} reads ${said?.elsewhere} instead of ${DROP_INS}, so what it does in a network partition is left as it is: write ${KEY} there, or say ${SAY}`,
    ];
  }
  const lost = isRewritten(own) ? said?.files.find(({ path }) => path === CONF)?.value : undefined;
  const from = plan.running ?? 'ignore';
  if (lost === undefined || lost === from || wordOf(view) !== undefined) return [];
  return [
    `${CONF} of ${name} says ${KEY} = ${lost}, and is written whole now, without it: from here on it is ${from}; to keep it, say ${SAY}`,
  ];
}

/** As in `hadoop001, hadoop002: cluster_partition_handling = autoheal in /etc/rabbitmq/rabbitmq.conf`. */
function byPlace(words: readonly Word[]): readonly string[] {
  const hosts = new Map<string, readonly string[]>();
  for (const { host, value, where } of words) {
    const place = `${KEY} = ${value} in ${where}`;
    hosts.set(place, [...(hosts.get(place) ?? []), host]);
  }
  return [...hosts].map(([place, names]) => `${names.join(', ')}: ${place}`);
}
