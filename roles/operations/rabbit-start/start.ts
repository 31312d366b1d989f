import {
  type Change,
  defineFact,
  defineTask,
  lines,
  sh,
  type TaskType,
  type until,
} from '../../../lib/index.ts';
import {
  isRunning,
  parseSnapshot,
  type Snapshot,
  snapshotScript,
} from '../../domain/rabbitmq/facts/snapshot.ts';
import { BROKER_SERVICE, underLock } from '../../domain/rabbitmq/scripts/commands.ts';
import { startApplication } from '../../domain/rabbitmq/scripts/start-application.ts';

const startUnit = sh`systemctl reset-failed ${BROKER_SERVICE} 2>/dev/null || :
systemctl --no-block start ${BROKER_SERVICE}
n=0
while [ "$(systemctl show -p ActiveState --value ${BROKER_SERVICE})" = inactive ] && [ "$n" -lt 50 ]; do
  sleep 0.2; n=$((n + 1))
done`;

/** A broker's state, without waiting for one that is just starting. */
const atOnce = defineFact({
  name: 'state of the broker',
  script: sh`case $(systemctl show -p ActiveState --value ${BROKER_SERVICE}) in
  activating | reloading) echo node=starting@here; echo unit=activating ;;
  *) ${snapshotScript} ;;
esac`,
  parse: parseSnapshot,
});

/**
 * A broker that is at least starting. It is not waited for: members that were stopped together wait for each other, so
 * that all have to be started before any is waited for.
 */
export const brokerStartingType: TaskType<Record<never, never>, Snapshot> = {
  name: 'rabbit-begun',
  title: () => 'start the broker',
  claims: () => ({ 'rabbitmq application': 'running' }),
  fact: () => atOnce,
  diff(state): readonly Change[] {
    if (state.unit === 'activating' || isRunning(state)) return [];
    return [{ what: 'broker', from: state.live ? 'application stopped' : state.unit, to: 'started' }];
  },
  apply: (_want, _changes, state) => (state.live ? lines(underLock, startApplication(startUnit)) : startUnit),
};

export const brokerStarting = defineTask(brokerStartingType);

/** What {@link until} asks: whether the broker runs, and where it doesn't yet, what it last said it waits for. */
export const runs: Pick<Parameters<typeof until>[0], 'probe' | 'holds'> = {
  probe: sh`${snapshotScript}
tail -n 400 /var/log/rabbitmq/"$node".log 2>/dev/null | grep -E 'Waiting for|timeout_waiting|rror' | tail -n 1 | sed 's/^/last: /'`,
  holds(reply) {
    const state = parseSnapshot(reply);
    if (isRunning(state)) return true;
    const last = /^last: (.*)$/m.exec(reply.stdout)?.[1];
    return `${state.node} is ${state.unit}${last === undefined ? '' : `, and said: ${last}`}`;
  },
};
