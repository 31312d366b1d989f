import type { Stretch } from '../client/figures.ts';

/** What one host wrote down of an address, by one clock for all hosts. */
export type Ticks = readonly { readonly at: number; readonly held: boolean }[];

/** A stretch in which the same hosts held the address. */
export interface Holding extends Stretch {
  readonly holders: readonly string[];
}

/** Who held the address when, as the hosts' kernels had it. */
export interface VipFigures {
  readonly holdings: readonly Holding[];
  /** The longest time on no host. */
  readonly gap: Stretch;
  /** Milliseconds on two hosts or more, in all. */
  readonly doubleMs: number;
  readonly ticks: number;
}

/** Puts the hosts' ticks together; before its first tick a host counts as without the address. */
export function vipFigures(byHost: ReadonlyMap<string, Ticks>, { from, to }: Stretch): VipFigures {
  const ticks = [...byHost]
    .flatMap(([host, own]) => own.map(({ at, held }) => ({ host, at, held })))
    .sort((a, b) => a.at - b.at);
  const held = new Set<string>();
  const holdings: Holding[] = [];
  for (const { host, at, held: has } of ticks) {
    if (at > to) break;
    if (has) held.add(host);
    else held.delete(host);
    const holders = [...held].sort();
    const last = holdings.at(-1);
    const begin = Math.max(at, from);
    if (last !== undefined && last.holders.join() === holders.join()) continue;
    if (last !== undefined) holdings[holdings.length - 1] = { ...last, to: begin };
    holdings.push({ from: begin, to, holders });
  }
  const real = holdings.filter((each) => each.to > each.from);
  const none = real.filter(({ holders }) => holders.length === 0);
  const gap = none.reduce<Stretch>(
    (longest, { from: begin, to: end }) =>
      end - begin > longest.to - longest.from ? { from: begin, to: end } : longest,
    { from, to: from },
  );
  return {
    holdings: real,
    gap,
    doubleMs: doubleWithin(real, { from, to }),
    ticks: ticks.length,
  };
}

/**
 * Two hosts' notes can't be told apart more finely than they look: that the one still has the address while the other
 * already has it, for less than this, may as well be a look that was late. Milliseconds.
 */
const LOOK = 300;

/** Stretches in which two hosts or more held the address, for longer than one look. */
export function doubles(holdings: readonly Holding[]): readonly Holding[] {
  return holdings.filter(({ holders, from, to }) => holders.length > 1 && to - from > LOOK);
}

/** Milliseconds of a stretch in which two hosts or more held the address. */
export function doubleWithin(holdings: readonly Holding[], { from, to }: Stretch): number {
  return doubles(holdings).reduce(
    (sum, each) => sum + Math.max(0, Math.min(each.to, to) - Math.max(each.from, from)),
    0,
  );
}
