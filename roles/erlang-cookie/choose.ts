import { randomBytes } from 'node:crypto';
import { Secret } from '../../lib/index.ts';

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

function newCookie(): Secret {
  return new Secret(randomBytes(32).toString('hex').toUpperCase());
}
