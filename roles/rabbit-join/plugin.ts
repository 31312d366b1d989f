import { defineTask, type TaskType } from '../../lib/index.ts';
import { tool } from '../support/rabbitmq/commands.ts';
import { isRunning, parseSnapshot, type Snapshot, snapshotScript } from '../support/rabbitmq/snapshot.ts';

export const pluginsType: TaskType<{ readonly names: readonly string[] }, Snapshot> = {
  name: 'rabbit-plugins',
  title: ({ names }) => `plugins ${names.join(', ')}`,
  claims: ({ names }) => Object.fromEntries(names.map((name) => [`rabbitmq plugin ${name}`, 'enabled'])),
  probe: () => snapshotScript,
  parse: parseSnapshot,
  diff: (state, { names }) =>
    missing(names, state).map((name) => ({ what: name, from: 'disabled', to: 'enabled' })),
  apply: ({ names }, _changes, state) => tool('rabbitmq-plugins', '-q', 'enable', ...missing(names, state)),
};

/** Plugins that are enabled on this node, and running if it is. */
export const plugins = defineTask(pluginsType);

function missing(names: readonly string[], state: Snapshot): readonly string[] {
  const active = isRunning(state) ? (state.live?.applications ?? []) : state.disk.plugins;
  return names.filter((name) => !active.includes(name));
}
