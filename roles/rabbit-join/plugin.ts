import { defineTask, sh, type TaskType } from '../../lib/index.ts';
import { isRunning, parseSnapshot, type Snapshot, snapshotScript } from '../support/rabbitmq/snapshot.ts';

export const pluginsType: TaskType<{ readonly names: readonly string[] }, Snapshot> = {
  name: 'rabbit-plugins',
  title: ({ names }) => `plugins ${names.join(', ')}`,
  claims: ({ names }) => Object.fromEntries(names.map((name) => [`rabbitmq plugin ${name}`, 'enabled'])),
  probe: () => snapshotScript,
  parse: parseSnapshot,
  diff: (state, { names }) =>
    missing(names, state).map((name) => ({ what: name, from: 'disabled', to: 'enabled' })),
  // The distribution's own script: it knows where its plugins lie, which the broker's (on Debian 13) does not. Unlike
  // its siblings it passes on its arguments as they are.
  apply: ({ names }, _changes, state) =>
    sh`LC_ALL=C.UTF-8 /usr/sbin/rabbitmq-plugins -q enable ${missing(names, state)} 9>&-`,
};

/** Plugins that are enabled on this node, and running if it is. */
export const plugins = defineTask(pluginsType);

function missing(names: readonly string[], state: Snapshot): readonly string[] {
  const active = isRunning(state) ? (state.live?.applications ?? []) : state.disk.plugins;
  return names.filter((name) => !active.includes(name));
}
