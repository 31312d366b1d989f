import {
  type Change,
  defineFact,
  defineTask,
  type Fact,
  lines,
  type Script,
  sh,
  type TaskType,
} from '../../lib/index.ts';
import { restartUnit } from '../domain/rabbitmq/scripts/boot.ts';
import { BROKER_SERVICE, ctl, tool, underLock } from '../domain/rabbitmq/scripts/commands.ts';
import { FIRST_START } from './formation.ts';

export interface RestartedWant {
  /** Files that the broker reads when it starts, and never again. */
  readonly files: readonly string[];
  /** Nodes of its cluster that run, itself included: as many have to be back before the next one's turn. */
  readonly nodes: number;
}

/** Seconds since 1970; the start is undefined for a broker that isn't running. */
interface Times {
  readonly started: number | undefined;
  readonly changed: number;
}

function timesOf(files: readonly string[]): Fact<Times> {
  return defineFact({
    name: 'start of the broker and change of its files',
    script: sh`s=$(systemctl show -p ActiveState,ExecMainStartTimestamp ${BROKER_SERVICE} 2>/dev/null)
case $s in *ActiveState=active*)
  t=\${s#*ExecMainStartTimestamp=}
  t=\${t%%
*}
  if [ -n "$t" ]; then echo "started=$(date -d "$t" +%s)"; fi ;;
esac
for f in ${files}; do
  if [ -e "$f" ]; then echo "changed=$(stat -c %Z "$f")"; fi
done`,
    parse({ stdout }) {
      const times = (what: string) =>
        [...stdout.matchAll(new RegExp(`^${what}=(\\d+)$`, 'gm'))].map(([, seconds]) => Number(seconds));
      return { started: times('started')[0], changed: Math.max(0, ...times('changed')) };
    },
  });
}

/**
 * A broker that was started after its configuration was last changed. That is seen on the host itself, so that a
 * restart which a dying run owes is made up for by the next one; hosts take turns.
 */
export const restartedType: TaskType<RestartedWant, Times> = {
  name: 'rabbit-restarted',
  title: () => 'broker runs with its configuration',
  claims: () => ({ 'rabbitmq configuration': 'loaded' }),
  fact: ({ files }) => timesOf(files),
  diff({ started, changed }, { files }, pending): readonly Change[] {
    const stopped = pending.some(({ claims }) => FIRST_START in claims);
    if (started === undefined || stopped) return [];
    const soon = pending.some(({ claims }) => files.some((file) => `file ${file}` in claims));
    // A file of the same second may have come too late.
    return soon || changed >= started ? [{ what: 'configuration', from: 'not loaded', to: 'loaded' }] : [];
  },
  apply: ({ nodes }) => restart(nodes),
};

const task = defineTask(restartedType);

/** Restarts one broker after the other, each when the one before is back. */
export function restarted(want: RestartedWant) {
  return task(want, { oneAtATime: 'rabbit-restart', timeLimit: 600 });
}

function restart(nodes: number): Script {
  return lines(
    underLock,
    // A node whose queues have no other majority is given the time in which the one before it catches up.
    nodes > 1 &&
      sh`n=0
while [ "$n" -lt 30 ]; do
  if answer=$( ${tool('rabbitmq-queues', '-q', 'check_if_node_is_quorum_critical')} 2>&1 ); then break; fi
  # An error of another kind is none of this check's business.
  case $answer in *critical*) ;; *) break ;; esac
  sleep 2
  n=$((n + 1))
done`,
    sh`sleep 1`,
    restartUnit,
    ctl('await_startup', '--timeout', '300'),
    nodes > 1 && ctl('await_online_nodes', String(nodes), '--timeout', '300'),
  );
}
