import type { Cluster } from '../domain/rabbitmq/rules/clusters.ts';

/** A host and what its broker holds, in words. */
export interface Holder {
  readonly host: string;
  readonly what: string;
}

/** That several brokers hold something and can't become one cluster. */
export function rivalry(holders: readonly Holder[]): string {
  const each = holders.map(({ host, what }) => `${host} (${what})`);
  return `${each.join(' and ')} are clusters of their own, and joining one to another destroys what it holds`;
}

/**
 * What to do about brokers that hold data, a sentence each. What loses data comes last.
 * @param seeds hosts that the others could join; none when it is settled whom they join
 * @param losers hosts whose data a join would destroy
 */
export function remediesFor(seeds: readonly string[], losers: readonly string[]): readonly string[] {
  const others = losers.length > 1 ? 'the other' : losers.join(', ');
  const keep = seeds.map((host) => `rabbit_seed: ${host}`).join(' or ');
  return [
    ...(seeds.length > 0 ? [`to have the others join it: ${keep}`] : []),
    `to keep what ${others} holds: take that host out of the group; or move it first (messages by a shovel, the rest by rabbitmqctl export_definitions), then run there: rabbitmqctl stop_app && rabbitmqctl reset && rabbitmqctl start_app`,
    `only if that data may be lost: ${losers.map(allow).join(' or ')}`,
  ];
}

/** Clusters that hold something, none of which is the one that the others join: that, and what to do about it. */
export function aboutRivals(rivals: readonly Cluster[]): {
  readonly what: string;
  readonly next: readonly string[];
} {
  const holders = rivals.map(({ hosts, what }) => ({ host: hosts[0], what }));
  const names = holders.map(({ host }) => host);
  return { what: rivalry(holders), next: remediesFor(names, names) };
}

function allow(host: string): string {
  return `-e '{"rabbit_allow_data_loss": ["${host}"]}'`;
}
