import { randomBytes } from 'node:crypto';
import { type HostView, PlayError, Secret } from '../../lib/index.ts';
import { isRunning, type Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { type Cluster, clustersOf, foundingCluster, undecided } from '../domain/rabbitmq/rules/clusters.ts';
import { foundingOf } from '../domain/rabbitmq/rules/founding.ts';
import { ordered, preferred } from '../domain/rabbitmq/rules/founding-node.ts';

/** The cookie a host holds, and where the inventory's order puts the host. */
export interface Held {
  readonly host: string;
  /** Undefined where there is none. */
  readonly cookie: Secret | undefined;
}

/**
 * The one cookie for all, when none is given: the one most hosts hold, so that a single odd node, be it the seed,
 * is brought to the cluster and not the cluster to it; in a tie, as on fresh hosts, the seed's, or the first's when
 * the seed doesn't answer, which then gets it when it does; a new one of 256 bits where nobody has any.
 * @param held in the inventory's order
 * @throws Error when nobody has any and the seed doesn't answer: it may hold the cluster's
 */
export function chooseCookie(held: readonly Held[], seed: string): Secret {
  const holders = new Map<string, { readonly cookie: Secret; readonly hosts: string[] }>();
  for (const { host, cookie } of held) {
    if (cookie === undefined) continue;
    const known = holders.get(cookie.reveal()) ?? { cookie, hosts: [] };
    known.hosts.push(host);
    holders.set(cookie.reveal(), known);
  }
  const ranked = [...holders.values()].sort((a, b) => b.hosts.length - a.hosts.length);
  const [first] = ranked;
  if (first === undefined) {
    if (held.some(({ host }) => host === seed)) return newCookie();
    throw new Error(`no host that answers has a cookie, and the seed ${seed} does not answer`);
  }
  const best = ranked.filter(({ hosts }) => hosts.length === first.hosts.length);
  return (best.find(({ hosts }) => hosts.includes(seed)) ?? first).cookie;
}

/**
 * Those whose cookies count. Where a broker has data or members, that is the cluster that the others join, and the
 * host in `erlang_cookie_seed`: blank hosts, however many, never replace the cookie of one that is at work.
 * @param named the host in `erlang_cookie_seed`
 * @throws PlayError `failed` when several brokers hold data, with different cookies, and nothing says which one counts
 */
export function voters(
  held: readonly Held[],
  nodes: ReadonlyMap<string, Snapshot>,
  playHosts: readonly HostView[],
  named: string | undefined,
): readonly Held[] {
  const founding = foundingOf(playHosts);
  const clusters = clustersOf(ordered(preferred(playHosts), nodes), founding);
  const rivals = named === undefined ? undecided(clusters, founding) : [];
  const cookies = (hosts: readonly string[]) =>
    held.filter(({ host, cookie }) => cookie !== undefined && hosts.includes(host));
  const different = new Set(
    cookies(rivals.flatMap(({ hosts }) => hosts)).map(({ cookie }) => cookie?.reveal()),
  );
  if (different.size > 1) throw rivalCookies(rivals);
  const founders = foundingCluster(clusters, founding);
  if (founders === undefined || founders.holds === 'nothing') return held;
  const running = founders.hosts.filter((host) => {
    const node = nodes.get(host);
    return node !== undefined && isRunning(node);
  });
  const hosts = running.length > 0 ? running : founders.hosts;
  const counted = cookies(named === undefined ? hosts : [...hosts, named]);
  return counted.length > 0 ? counted : held;
}

function rivalCookies(rivals: readonly Cluster[]): PlayError {
  const each = rivals.map(({ hosts, what }) => `${hosts.join(', ')} (${what})`).join(' and ');
  return new PlayError({
    kind: 'failed',
    what: `several brokers hold data, each with a cookie of its own: ${each}`,
    why: 'one of them would be given the cookie of another',
    next: 'name the host that the others join: rabbit_seed: HOST; and take the others out of the group',
  });
}

function newCookie(): Secret {
  return new Secret(randomBytes(32).toString('hex').toUpperCase());
}
