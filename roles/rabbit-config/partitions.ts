import type { Vars } from '../domain/rabbitmq/settings/config.ts';
import { asksForConf } from './conf.ts';
import type { PartitionFiles } from './partition-files.ts';
import { CONF } from './paths.ts';

/** What can be set on a running broker, and in our drop-in. */
export type Handling = 'ignore' | 'pause_minority' | 'autoheal';

/** From so many brokers on a majority is left when one is cut off; of two, both would pause. */
export const ENOUGH = 3;

/** What is known of a broker that the decision depends on. */
export interface PartitionView {
  readonly name: string;
  /** Undefined for a host that this run leaves out: it is not changed. */
  readonly own: Vars | undefined;
  /** What the variables say; undefined when they say nothing, or `keep`. */
  readonly told: string | undefined;
  /** Undefined for a host that doesn't answer. */
  readonly said: PartitionFiles | undefined;
  /** As a running broker says; undefined for another. */
  readonly runsWith: string | undefined;
}

/** What is done on one host; what is left out stays as it is. */
export interface PartitionPlan {
  /** What our drop-in says. */
  readonly dropIn?: Handling | 'absent';
  /** What the running broker does from now on. */
  readonly running?: Handling;
  /** A drop-in is wanted, and the broker would not read it. */
  readonly unread?: true;
}

/** Somebody's word, and where it was found. */
export interface Word {
  readonly host: string;
  readonly value: string;
  readonly where: string;
}

export const INVENTORY = 'the inventory';

/**
 * What each broker of a cluster does in a network partition. Whoever has said something is left alone, those of whom
 * nothing is said do as their peers, and where nobody has, they pause as a minority from three brokers on.
 * @param count brokers of the cluster, with those that this run leaves out
 */
export function plans(views: readonly PartitionView[], count: number): ReadonlyMap<string, PartitionPlan> {
  const words = new Map(views.map((view) => [view.name, wordOf(view)]));
  const values = [...new Set([...words.values()].flatMap((word) => word?.value ?? []))];
  return new Map(views.map((view) => [view.name, plan(view, words.get(view.name), values, count)]));
}

function plan(
  { own, said }: PartitionView,
  word: Word | undefined,
  values: readonly string[],
  count: number,
): PartitionPlan {
  if (own === undefined || own.rabbit_config_partition_handling === 'keep') return {};
  const had = said?.ours !== undefined;
  const gone: PartitionPlan = had ? { dropIn: 'absent' } : {};
  if (word !== undefined) {
    const running = handling(word.value);
    // What an operator wrote counts from his own restart on, unless a drop-in of ours stood above it until now.
    return running && (word.where === INVENTORY || had) ? { ...gone, running } : gone;
  }
  if (values.length > 1) return {};
  const wanted = handling(values[0] ?? (count >= ENOUGH ? 'pause_minority' : 'ignore'));
  if (wanted === undefined) return {};
  // RabbitMQ's own default needs no file.
  if (wanted === 'ignore') return had ? { ...gone, running: wanted } : {};
  return said?.elsewhere === undefined ? { dropIn: wanted, running: wanted } : { unread: true };
}

/** What somebody else has said of this broker: the inventory, a file that is not ours, or whoever set the running one. */
export function wordOf({ name, own, told, said, runsWith }: PartitionView): Word | undefined {
  if (told !== undefined) return { host: name, value: told, where: INVENTORY };
  const files = said?.files ?? [];
  const last = files.filter(({ path }) => path !== CONF || !isRewritten(own)).at(-1);
  if (last !== undefined) return { host: name, value: last.value, where: last.path };
  const explained = [said?.ours, 'ignore', ...files.map(({ value }) => value)];
  if (runsWith === undefined || explained.includes(runsWith)) return undefined;
  return { host: name, value: runsWith, where: 'the running broker' };
}

/** rabbitmq.conf is written whole where the inventory asks for something in it: what it said before is gone. */
export function isRewritten(own: Vars | undefined): boolean {
  return own !== undefined && asksForConf(own);
}

function handling(value: string): Handling | undefined {
  return value === 'ignore' || value === 'pause_minority' || value === 'autoheal' ? value : undefined;
}
