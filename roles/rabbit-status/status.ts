import type { ProxyHost } from '../domain/haproxy/facts/stats.ts';
import type { Health, QueueHealth } from '../domain/rabbitmq/facts/health.ts';
import { queueTitle } from '../domain/rabbitmq/facts/health.ts';
import type { Live, Policy } from '../domain/rabbitmq/facts/snapshot.ts';
import { divergence } from '../domain/rabbitmq/rules/divergence.ts';
import { clusterProblems, isUnreplicated } from '../domain/rabbitmq/rules/safety.ts';
import type { BrokerHost } from './questions.ts';

/** Everything that was asked, by host; a host that did not answer is missing. */
export interface Seen {
  readonly brokers: readonly string[];
  readonly proxies: readonly string[];
  readonly health: ReadonlyMap<string, Health>;
  readonly hosts: ReadonlyMap<string, BrokerHost>;
  readonly fronts: ReadonlyMap<string, ProxyHost>;
  /** The stats page of each proxy: an address for a browser, and who logs in. */
  readonly pages: ReadonlyMap<string, string>;
  readonly policies: readonly Policy[];
  /** What the running members tell of what belongs to all. */
  readonly live: readonly Live[];
  /** Virtual addresses, without their prefix. */
  readonly vips: readonly string[];
}

/** The cluster on one screen, as plain data. */
export interface Status {
  readonly cluster: string | null;
  readonly store: string | null;
  readonly nodes: readonly {
    readonly host: string;
    readonly node: string | null;
    readonly type: 'disc' | 'ram' | null;
    readonly state: 'running' | 'in maintenance' | 'stopped' | 'silent';
    readonly rabbitmq: string | null;
    readonly erlang: string | null;
    readonly certificateEnds: string | null;
  }[];
  readonly queues: {
    readonly total: number;
    /** With fewer synchronised copies than they shall have, or with one by design. */
    readonly degraded: readonly string[];
    readonly single: readonly string[];
  };
  readonly proxies: readonly {
    readonly host: string;
    readonly servers: Readonly<Record<string, string>> | null;
    /** The stats page, and who logs in. */
    readonly page: string | null;
  }[];
  readonly policies: readonly Policy[];
  readonly vips: readonly { readonly address: string; readonly holders: readonly string[] }[];
  readonly disabledFlags: readonly string[];
  /** What is wrong, a sentence each. */
  readonly wrong: readonly string[];
  /** What may be meant so. */
  readonly remarks: readonly string[];
}

/** Puts together what the hosts said. */
export function statusOf(seen: Seen): Status {
  const views = [...seen.health.values()];
  const [view] = views;
  const queues = view?.queues ?? [];
  const vips = seen.vips.map((address) => ({
    address,
    holders: [...seen.fronts]
      .filter(([, { addresses }]) => addresses.includes(address))
      .map(([host]) => host),
  }));
  const nodes = seen.brokers.map((host) => nodeOf(host, seen));
  const degraded = queues.filter(isDegraded).map(describeDegraded);
  const single = queues.filter((queue) => isUnreplicated(queue) && !queue.exclusive).map(queueTitle);
  const disabledFlags = (view?.flags ?? []).filter(({ enabled }) => !enabled).map(({ name }) => name);
  return {
    cluster: view?.clusterName ?? null,
    store: view?.store ?? null,
    nodes,
    queues: { total: queues.length, degraded, single },
    proxies: seen.proxies.map((host) => ({
      host,
      servers: seen.fronts.get(host)?.servers ?? null,
      page: seen.pages.get(host) ?? null,
    })),
    policies: seen.policies,
    vips,
    disabledFlags,
    wrong: [
      ...clusterProblems(views),
      ...unseen(views),
      ...[...divergence(seen.live)].map(
        ([node, what]) => `${node} has something else than the others: ${what}`,
      ),
      ...nodes.filter(({ state }) => state === 'silent').map(({ host }) => `${host} does not answer`),
      ...nodes
        .filter(({ state }) => state === 'stopped')
        .map(({ host }) => `the broker of ${host} is stopped`),
      ...strangers(seen, views),
      ...cookies(seen.hosts),
      ...degraded,
      ...fronts(seen),
      ...vips
        .filter(({ holders }) => holders.length !== 1)
        .map(({ address, holders }) => `${address} is on ${holders.join(' and ') || 'no host'}`),
    ],
    remarks: [
      ...versions(nodes.flatMap(({ rabbitmq }) => rabbitmq ?? [])),
      ...(single.length > 0 ? [`${single.length} queues are on one node only: ${few(single)}`] : []),
      ...overlaps(seen.policies, queues),
      ...(disabledFlags.length > 0 ? [`feature flags not enabled: ${few(disabledFlags)}`] : []),
    ],
  };
}

function nodeOf(host: string, { health, hosts }: Seen): Status['nodes'][number] {
  const own = health.get(host);
  const told = hosts.get(host);
  const draining = [...health.values()].some(({ draining: away }) => own && away.includes(own.node));
  return {
    host,
    node: own?.node ?? null,
    type: own ? (own.ram.includes(own.node) ? 'ram' : 'disc') : null,
    state: own?.running ? (draining ? 'in maintenance' : 'running') : told ? 'stopped' : 'silent',
    rabbitmq: own?.version ?? null,
    erlang: own?.erlang ?? null,
    certificateEnds: told?.certificateEnds ?? null,
  };
}

function isDegraded({ type, members, online, leader, exclusive }: QueueHealth): boolean {
  if (exclusive) return false;
  return leader === null || online.length < members.length || (type !== 'classic' && members.length === 0);
}

function describeDegraded(queue: QueueHealth): string {
  const { type, members, online } = queue;
  return `${type} queue ${queueTitle(queue)}: ${online.length} of ${members.length} copies are whole`;
}

/** Members that a peer does not see, though they run. */
function unseen(views: readonly Health[]): readonly string[] {
  const running = views.filter((view) => view.running);
  return running.flatMap(({ node, members, up }) =>
    running
      .filter((other) => members.includes(other.node) && !up.includes(other.node))
      .map((other) => `${node} does not see ${other.node}, which runs`),
  );
}

/** Members of the cluster that no host of the inventory is. */
function strangers({ health }: Seen, views: readonly Health[]): readonly string[] {
  const known = new Set([...health.values()].map(({ node }) => node));
  const [view] = views;
  const silent = view?.members.filter((node) => !known.has(node) && view.up.includes(node)) ?? [];
  return silent.map((node) => `${node} runs in the cluster, and no host of the inventory is it`);
}

function cookies(hosts: ReadonlyMap<string, BrokerHost>): readonly string[] {
  const open = [...hosts]
    .filter(([, { cookieAccess }]) => cookieAccess !== undefined && cookieAccess !== '400 rabbitmq rabbitmq')
    .map(
      ([host, { cookieAccess }]) =>
        `the Erlang cookie of ${host} is ${cookieAccess}, not 400 rabbitmq rabbitmq`,
    );
  const hashes = new Set([...hosts.values()].map(({ cookieHash }) => cookieHash));
  return hashes.size > 1 ? [...open, `the brokers hold ${hashes.size} different Erlang cookies`] : open;
}

function fronts({ proxies, fronts: answers }: Seen): readonly string[] {
  return proxies.flatMap((host) => {
    const answer = answers.get(host);
    if (answer === undefined) return [`the proxy ${host} does not answer`];
    if (answer.servers === undefined) return [`HAProxy of ${host} does not answer`];
    return Object.entries(answer.servers)
      .filter(([, state]) => !/^(UP|no check)/.test(state))
      .map(([server, state]) => `${host} has ${server} ${state}`);
  });
}

function versions(all: readonly string[]): readonly string[] {
  const different = [...new Set(all)].sort();
  return different.length > 1 ? [`the nodes run different versions: ${different.join(', ')}`] : [];
}

/** Policies of one priority that match the same queue: which one applies is chance. */
function overlaps(policies: readonly Policy[], queues: readonly QueueHealth[]): readonly string[] {
  const pairs = new Set<string>();
  for (const { vhost, name } of queues) {
    const matching = policies.filter((policy) => policy.vhost === vhost && matches(policy.pattern, name));
    const top = Math.max(...matching.map(({ priority }) => priority));
    const rivals = matching.filter(({ priority }) => priority === top).map((policy) => policy.name);
    if (rivals.length > 1) pairs.add(rivals.sort().join(' and '));
  }
  return [...pairs].map((pair) => `the policies ${pair} match the same queues with the same priority`);
}

/** Erlang's patterns are PCRE; one that JavaScript does not know is not judged. */
function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(name);
  } catch {
    return false;
  }
}

function few(names: readonly string[]): string {
  return names.length <= 5
    ? names.join(', ')
    : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}
