import type { KnownHost } from '../../../lib/index.ts';

/** What a host's variables say of its place in the cluster. */
export interface Place {
  readonly rabbit_seed?: unknown;
  readonly rabbit_node_type?: unknown;
  readonly rabbit_allow_data_loss?: unknown;
  readonly rabbit_admin_user?: unknown;
}

/** What the variables say of how a cluster begins. */
export interface Founding {
  /** The host in `rabbit_seed`: it decides where nothing that a broker holds does. */
  readonly seed: string | undefined;
  /** Hosts whose data may be destroyed. */
  readonly givenUp: readonly string[];
  /** Users that every cluster of ours has, which are no data. */
  harmless(host: string): readonly string[];
}

/** @param own variables of hosts where more is known than the inventory says */
export function foundingOf(
  hosts: readonly KnownHost[],
  own: ReadonlyMap<string, Place> = new Map(),
): Founding {
  const places = new Map(hosts.map((host): [string, Place] => [host.name, placeOf(host, own)]));
  const all = [...places.values()];
  const seed = all.find(({ rabbit_seed: named }) => named !== undefined)?.rabbit_seed;
  return {
    seed: seed === undefined ? undefined : String(seed),
    givenUp: [...places]
      .filter(([host, { rabbit_allow_data_loss: allowed }]) => words(allowed).includes(host))
      .map(([host]) => host),
    harmless: (host) => ['guest', String(places.get(host)?.rabbit_admin_user ?? 'admin')],
  };
}

export function placeOf({ name, inventoryVars }: KnownHost, own: ReadonlyMap<string, Place>): Place {
  return own.get(name) ?? inventoryVars;
}

/** A list, also as the text that `-e NAME=[…]` is before a role's schema reads it. */
function words(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== 'string') return [];
  try {
    return words(JSON.parse(value));
  } catch {
    return [];
  }
}
