import { defineTask, type TaskType } from '../../lib/index.ts';
import { tool } from '../support/rabbitmq/commands.ts';
import { parseSnapshot, type Snapshot, snapshotScript } from '../support/rabbitmq/snapshot.ts';

export const pluginsType: TaskType<{ readonly names: readonly string[] }, Snapshot> = {
  name: 'rabbit-plugins',
  title: ({ names }) => `plugins ${names.join(', ')}`,
  claims: ({ names }) => Object.fromEntries(names.map((name) => [`rabbitmq plugin ${name}`, 'enabled'])),
  probe: () => snapshotScript,
  parse: parseSnapshot,
  diff({ live }, { names }) {
    if (live?.running !== true) throw new Error('the broker is not running');
    return missing(names, live.plugins ?? []).map((name) => ({
      what: name,
      from: 'disabled',
      to: 'enabled',
    }));
  },
  apply: ({ names }, _changes, { live }) =>
    tool('rabbitmq-plugins', '-q', 'enable', ...missing(names, live?.plugins ?? [])),
};

/** Plugins that are enabled and running on this node. */
export const plugins = defineTask(pluginsType);

function missing(names: readonly string[], active: readonly string[]): readonly string[] {
  return names.filter((name) => !active.includes(name));
}
