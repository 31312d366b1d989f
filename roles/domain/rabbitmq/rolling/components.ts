import {
  action,
  defineFact,
  defineTask,
  lines,
  type Script,
  sh,
  type Task,
  type TaskType,
} from '../../../../lib/index.ts';
import { isRunning, parseSnapshot, type Snapshot, snapshotScript } from '../facts/snapshot.ts';
import { restartUnit, stopUnit } from '../scripts/boot.ts';
import { BROKER_SERVICE, ctl, underLock } from '../scripts/commands.ts';
import { enterMaintenance, leaveMaintenance, maintenanceMode } from '../scripts/maintenance.ts';
import { type Component, OUT_FOLDER, putBack, takeOut } from './out-of-service.ts';
import { seenUp, serverBehind } from './server.ts';

/** The virtual IP's keeper on a proxy. Stopped, it gives its addresses to another. */
export const keepalived: Component = {
  id: 'keepalived',
  title: 'keepalived',
  probe: sh`if systemctl is-active -q keepalived; then echo in; else echo out; fi`,
  remove: sh`systemctl stop keepalived`,
  restore: sh`systemctl reset-failed keepalived 2>/dev/null || :
systemctl start keepalived`,
};

/** A broker in maintenance mode serves no clients and leads no quorum queue. Not every version knows it. */
export const maintenance: Component = {
  id: 'maintenance',
  title: "the broker's clients (maintenance mode)",
  probe: sh`case $( ${maintenanceMode} ) in on) echo out ;; off) echo in ;; *) echo none ;; esac`,
  remove: enterMaintenance,
  // A restart ends it by itself; a broker that is down has none.
  restore: leaveMaintenance,
};

const BROKER_MARK = `${OUT_FOLDER}/broker`;

/** Stops the broker, does something while it is down, and starts it. Marked, so that a later run starts it if this one can't. */
export function whileDown(title: string, between: Script | false): Task {
  const run = lines(
    underLock,
    sh`mkdir -p ${OUT_FOLDER}`,
    sh`: >${BROKER_MARK}`,
    between ? stopUnit : restartUnit,
    between,
    between && sh`systemctl start ${BROKER_SERVICE}`,
    ctl('await_startup', '--timeout', '300'),
    sh`rm -f ${BROKER_MARK}`,
  );
  return action({ title, run }, { timeLimit: 1800 });
}

interface Stopped extends Snapshot {
  readonly marked: boolean;
}

const stopped = defineFact<Stopped>({
  name: 'whether the broker was taken out',
  script: sh`if [ -e ${BROKER_MARK} ]; then echo marked; fi
${snapshotScript}`,
  parse: (reply) => ({ ...parseSnapshot(reply), marked: /^marked$/m.test(reply.stdout) }),
});

const brokerBackType: TaskType<Record<never, never>, Stopped> = {
  name: 'put-back-broker',
  title: () => 'put back the broker',
  fact: () => stopped,
  diff: (state) =>
    state.marked
      ? [{ what: 'broker', from: isRunning(state) ? 'taken out' : state.unit, to: 'in service' }]
      : [],
  apply: () =>
    lines(
      underLock,
      // One that runs is left alone, also where its unit can't be started, as when it is masked.
      sh`systemctl is-active -q ${BROKER_SERVICE} || {
  systemctl reset-failed ${BROKER_SERVICE} 2>/dev/null || :
  systemctl start ${BROKER_SERVICE}
}`,
      ctl('await_startup', '--timeout', '300'),
      sh`rm -f ${BROKER_MARK}`,
    ),
};

const brokerBack = defineTask(brokerBackType);

/** Out of the proxies: no new clients. */
export function takeOutOfProxies(host: string, proxies: readonly string[]): readonly Task[] {
  return proxies.map((on) => takeOut({ ...serverBehind(host), title: titleOn(host, on) }, { on }));
}

/** Back in service everywhere after a broker was restarted: it serves again before clients are sent to it. */
export function putBackHost(host: string, proxies: readonly string[], check: boolean): readonly Task[] {
  return [
    putBack(maintenance),
    ...proxies.map((on) => putBack({ ...serverBehind(host), title: titleOn(host, on) }, { on })),
    ...(check ? [] : proxies.map((on) => seenUp(host, on))),
    putBack(keepalived),
  ];
}

/**
 * Puts back whatever a run has taken out and left so. What can't fail for a broken broker comes first: HAProxy sends
 * nobody to a broker that doesn't answer.
 */
export function putBackAll(host: string, proxies: readonly string[]): readonly Task[] {
  return [
    ...proxies.map((on) => putBack({ ...serverBehind(host), title: titleOn(host, on) }, { on })),
    putBack(keepalived),
    brokerBack({}, { timeLimit: 900 }),
    putBack(maintenance),
  ];
}

function titleOn(host: string, on: string): string {
  return `${host} behind the HAProxy of ${on}`;
}
