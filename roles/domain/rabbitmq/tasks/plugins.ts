import { defineTask, type Script, sh, type TaskType } from '../../../../lib/index.ts';
import { askBroker, isRunning, type Snapshot } from '../facts/snapshot.ts';
import { evaluate } from '../scripts/commands.ts';

export const pluginsType: TaskType<{ readonly names: readonly string[] }, Snapshot> = {
  name: 'rabbit-plugins',
  title: ({ names }) => `plugins ${names.join(', ')}`,
  claims: ({ names }) => Object.fromEntries(names.map((name) => [`rabbitmq plugin ${name}`, 'enabled'])),
  fact: () => askBroker,
  diff: (state, { names }) =>
    missing(names, state).map((name) => ({ what: name, from: 'disabled', to: 'enabled' })),
  apply: ({ names }, _changes, state) => {
    const wanted = missing(names, state);
    return isRunning(state) ? sh`${enableLive(wanted)} || ${enable(wanted)}` : enable(wanted);
  },
};

/**
 * The distribution's own script: it knows where its plugins lie, which the broker's (on Debian 13) does not. Unlike its
 * siblings it passes on its arguments as they are.
 */
function enable(names: readonly string[]): Script {
  return sh`LC_ALL=C.UTF-8 /usr/sbin/rabbitmq-plugins -q enable ${names} 9>&-`;
}

/** What that script has a running node do, without the Erlang VM of its own that takes most of its time. */
function enableLive(names: readonly string[]): Script {
  const expression = `
{ok, F} = application:get_env(rabbit, enabled_plugins_file),
W = [${names.map((name) => `'${name}'`).join(', ')}],
[] = W -- [element(2, P) || P <- rabbit_plugins:list(rabbit_plugins:plugins_dir())],
ok = file:write_file(F ++ ".ts-play", io_lib:format("~p.~n", [lists:usort(rabbit_plugins:read_enabled(F) ++ W)])),
ok = file:rename(F ++ ".ts-play", F),
{ok, _, _} = rabbit_plugins:ensure(F),
enabled.`;
  return sh`[ "$( ${evaluate(expression)} )" = '{ok, enabled}' ]`;
}

/** Plugins that are enabled on this node, and running if it is. */
export const plugins = defineTask(pluginsType);

function missing(names: readonly string[], state: Snapshot): readonly string[] {
  const active = isRunning(state) ? (state.live?.applications ?? []) : state.disk.plugins;
  return names.filter((name) => !active.includes(name));
}
