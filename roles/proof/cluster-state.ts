import { defineFact, type HostView, type StepContext, sh } from '../../lib/index.ts';
import { askStatsPages, type ProxyHost } from '../domain/haproxy/facts/stats.ts';
import { askHealth, type Health, type QueueHealth } from '../domain/rabbitmq/facts/health.ts';
import { clusterProblems } from '../domain/rabbitmq/rules/safety.ts';
import { evaluate } from '../domain/rabbitmq/scripts/commands.ts';
import type { QueueSpec } from './client/spec.ts';

/** The cluster as its hosts describe it at one moment. */
export interface ClusterState {
  readonly brokers: readonly HostView[];
  readonly proxies: readonly HostView[];
  readonly health: ReadonlyMap<string, Health>;
  readonly fronts: ReadonlyMap<string, ProxyHost>;
  readonly vip: string;
}

/**
 * Asks only a broker that has started. One that is just starting must be left alone: RabbitMQ 3.10 never starts when
 * somebody asks for its feature flags meanwhile, for the asker then waits for itself with the registry's lock in hand.
 */
const askRunning = defineFact<Health | undefined>({
  ...askHealth,
  script: sh`case $( ${evaluate('rabbit:is_running().')} ) in
  *true*) ${askHealth.script} ;;
esac`,
});

/** Asks all hosts, again each time; hosts that can't answer are missing. */
export async function askClusterState(
  { query }: Pick<StepContext<unknown>, 'query'>,
  brokers: readonly HostView[],
  proxies: readonly HostView[],
  vip: string,
): Promise<ClusterState> {
  const [answers, fronts] = await Promise.all([
    query(brokers, askRunning),
    askStatsPages({ query }, proxies),
  ]);
  const health = [...answers].flatMap(([host, view]) => (view ? [[host, view] as const] : []));
  return { brokers, proxies, vip, health: new Map(health), fronts };
}

/** Hosts whose kernel has the virtual address. */
export function holdersOf({ fronts, vip }: ClusterState): readonly string[] {
  return [...fronts].flatMap(([host, { addresses }]) => (addresses.includes(vip) ? [host] : []));
}

/** The host whose broker serves a queue. */
export function leaderOf({ health }: ClusterState, name: QueueName): string | undefined {
  const views = [...health.values()];
  const queue = queueIn(
    views.flatMap((view) => view.queues ?? []),
    name,
  );
  return [...health].find(([, view]) => view.node === queue?.leader)?.[0];
}

/** The hosts that lead a queue of which not all copies are whole. */
export function stuckLeaders(state: ClusterState, queues: readonly QueueSpec[]): readonly string[] {
  const [view] = [...state.health.values()];
  const stuck = queues.filter((queue) => {
    const found = queueIn(view?.queues, queue);
    return found !== undefined && found.online.length < found.members.length;
  });
  return [...new Set(stuck.flatMap((queue) => leaderOf(state, queue) ?? []))];
}

/** Why the cluster is not whole, a sentence each: brokers, the proof's queues, proxies, the virtual address. */
export function unsettled(state: ClusterState, queues: readonly QueueSpec[]): readonly string[] {
  const { brokers, proxies, health, fronts, vip } = state;
  const holders = holdersOf(state);
  const [view] = [...health.values()];
  return [
    ...brokers
      .filter(({ name }) => !health.get(name)?.running)
      .map(({ name }) => `no broker runs on ${name}`),
    ...clusterProblems([...health.values()]),
    ...queues.flatMap((queue) => {
      const found = queueIn(view?.queues, queue);
      if (found === undefined) return [];
      const { online, members, leader } = found;
      if (leader !== null && online.length >= members.length) return [];
      return [`queue ${queue.kind} has ${online.length} of ${members.length} copies whole`];
    }),
    ...proxies.flatMap(({ name }) => {
      const servers = fronts.get(name)?.servers;
      if (servers === undefined) return [`HAProxy of ${name} does not answer`];
      return Object.entries(servers)
        .filter(([, state]) => !/^(UP|no check)/.test(state))
        .map(([server, state]) => `${name} has ${server} ${state}`);
    }),
    ...(holders.length === 1 ? [] : [`${vip} is on ${holders.join(' and ') || 'no host'}`]),
  ];
}

type QueueName = Pick<QueueSpec, 'vhost' | 'name'>;

function queueIn(
  queues: readonly QueueHealth[] | null | undefined,
  { vhost, name }: QueueName,
): QueueHealth | undefined {
  return queues?.find((each) => each.vhost === vhost && each.name === name);
}

/** Milliseconds since the epoch, by the host's clock. */
export const askClock = defineFact({
  name: 'its clock',
  fresh: true,
  script: sh`date +%s%3N`,
  parse: ({ stdout }) => Number(stdout),
});
