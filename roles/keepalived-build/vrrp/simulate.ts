import type { Instance, Watch } from './model.ts';

/** What is the matter with hosts; one that is not named is well. */
export interface World {
  /** Hosts that are lost, or whose Keepalived is stopped. */
  readonly gone?: readonly string[];
  /** Hosts whose HAProxy is dead. */
  readonly dead?: readonly string[];
}

/** The priority of whoever owns the address: weights neither reach it nor change it. */
const OWNER = 255;

/** The watches that tell whether HAProxy lives: those that name it, else all there are. */
export function proxyWatches({ watches }: Instance): readonly Watch[] {
  const named = watches.filter(({ name, command }) => /haproxy/i.test(`${name} ${command}`));
  return named.length > 0 ? named : watches;
}

/** The priority that a host announces, or nothing while it is in FAULT or gone. */
export function standing(instance: Instance, { gone = [], dead = [] }: World): number | undefined {
  if (gone.includes(instance.host)) return undefined;
  const failing = failingOn(instance, { dead });
  if ([...failing].some(({ weight, stopsKeepalived }) => weight === 0 || stopsKeepalived)) return undefined;
  if (instance.priority === OWNER) return OWNER;
  return Math.min(OWNER - 1, Math.max(1, instance.priority + added(instance, failing)));
}

function failingOn(instance: Instance, { dead = [] }: World): ReadonlySet<Watch> {
  return new Set(dead.includes(instance.host) ? proxyWatches(instance) : []);
}

function added({ watches }: Instance, failing: ReadonlySet<Watch>): number {
  return watches
    .filter((watch) => (failing.has(watch) ? watch.weight < 0 : watch.weight > 0))
    .reduce((sum, { weight }) => sum + weight, 0);
}

/** How {@link standing} comes about, as in `50 + 10 = 60`. */
export function reckoning(instance: Instance, world: World): string {
  const total = standing(instance, world);
  if (total === undefined) return 'out';
  const difference = added(instance, failingOn(instance, world));
  if (difference === 0 || instance.priority === OWNER) return String(total);
  const sum = `${instance.priority} ${difference < 0 ? '-' : '+'} ${Math.abs(difference)}`;
  return instance.priority + difference === total ? `${sum} = ${total}` : `${sum}, cut to ${total}`;
}

/**
 * Who holds the addresses once all is quiet, after `holder` held them.
 * As in Keepalived: a holder that still announces itself is only replaced by a higher priority without nopreempt.
 */
export function settle(members: readonly Instance[], world: World, holder?: Instance): Instance | undefined {
  const able = members.filter((member) => standing(member, world) !== undefined);
  const rank = (member: Instance) => standing(member, world) ?? 0;
  const highest = (of: readonly Instance[]) =>
    of.reduce<Instance | undefined>(
      (best, next) => (best && rank(best) >= rank(next) ? best : next),
      undefined,
    );
  if (holder === undefined || !able.includes(holder)) return highest(able);
  const challengers = able.filter((each) => !each.nopreempt && rank(each) > rank(holder));
  return highest(challengers) ?? holder;
}
