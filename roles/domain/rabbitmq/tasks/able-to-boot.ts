import {
  type Change,
  defineTask,
  lines,
  type StepContext,
  sh,
  type Task,
  type TaskType,
} from '../../../../lib/index.ts';
import { askBroker, isRunning, knownMembers, type Snapshot } from '../facts/snapshot.ts';
import { bootOver, defineLastWords, defineLone, defineNeverBooted } from '../scripts/boot.ts';
import { BROKER_SERVICE, setNode, underLock } from '../scripts/commands.ts';
import { asideAt, moveAside } from '../scripts/data-folder.ts';

/**
 * Whether a node has never come to the end of its first boot, so that there is nothing in it: proven by its disk, where
 * anything that a booted node has, or that is not known, counts as data. It may or may not be able to boot.
 */
export function isHalfMade(node: Snapshot): boolean {
  return !isRunning(node) && node.disk.neverBooted === true && isLone(node);
}

/** Whether a node that needs no other is started by systemd again and again, or not any more, since its boots fail. */
function isBroken(node: Snapshot): boolean {
  return node.failing !== undefined && !isRunning(node) && isLone(node);
}

function isLone(node: Snapshot): boolean {
  return knownMembers(node).every((member) => member === node.node);
}

interface BootsWant {
  /** Where a half-made data folder is moved to. */
  readonly aside: string;
}

/** A broker that can boot: one that was cut off in its first boot begins anew, one with data is tried and named. */
export const bootsType: TaskType<BootsWant, Snapshot> = {
  name: 'rabbit-boots',
  title: () => 'broker boots',
  claims: () => ({ 'rabbitmq boot': 'possible' }),
  fact: () => askBroker,
  diff(state, { aside }): readonly Change[] {
    if (!isBroken(state)) return [];
    if (isHalfMade(state))
      return [
        {
          what: 'data folder',
          from: `cut off in the first boot: ${words(state)}`,
          to: `put aside in ${aside}`,
        },
      ];
    // It may have been stopped so on purpose.
    if (state.unit === 'failed') return [];
    return [{ what: 'broker', from: `can't boot: ${words(state)}`, to: 'running' }];
  },
  apply: ({ aside }, _changes, state) =>
    lines(
      underLock,
      // The attempt that is under way may be the one that succeeds.
      bootOver,
      sh`if systemctl is-active -q ${BROKER_SERVICE}; then exit 0; fi`,
      setNode,
      defineLone,
      defineNeverBooted,
      defineLastWords,
      sh`systemctl stop ${BROKER_SERVICE}`,
      isHalfMade(state) &&
        sh`aside=${aside}
if never_booted && lone; then
  ${moveAside}
fi`,
      sh`systemctl reset-failed ${BROKER_SERVICE} 2>/dev/null || :
systemctl start ${BROKER_SERVICE} || { cannot_boot; exit 1; }`,
    ),
};

const boots = defineTask(bootsType);

/**
 * What is to be done first on hosts whose broker can't boot; nothing for all others. Says which are given a new data folder.
 * It looks at what is asked anyway.
 */
export async function ableToBoot<V>({
  hosts,
  query,
  warn,
  check,
}: Pick<StepContext<V>, 'hosts' | 'query' | 'warn' | 'check'>): Promise<(host: string) => readonly Task[]> {
  const nodes = await query(hosts, askBroker);
  const aside = asideAt(new Date());
  for (const [name, node] of nodes)
    if (isBroken(node) && isHalfMade(node))
      warn(
        `${name}: ${node.node} was cut off in its first boot and can't boot any more (${words(node)}). Its data folder, which holds nothing, ${check ? 'would be' : 'is'} put aside in ${aside}`,
      );
  return (host) => {
    const node = nodes.get(host);
    return node !== undefined && isBroken(node) ? [boots({ aside })] : [];
  };
}

/** The log's words, short. */
function words({ failing = '' }: Snapshot): string {
  const line = failing.replaceAll(/\s+/g, ' ').trim();
  return (line.length > 200 ? `${line.slice(0, 200)}…` : line) || 'its log says nothing';
}
