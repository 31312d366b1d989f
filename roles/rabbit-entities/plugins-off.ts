import { defineFact, defineTask, sh, type TaskType } from '../../lib/index.ts';
import { askErlang, parseAnswer, runActions } from '../domain/rabbitmq/erlang/ask-erlang.ts';

/** What a node says of its plugins. */
interface Plugins {
  readonly enabled: readonly string[];
  /** Applications that run, each with those it needs. */
  readonly running: Readonly<Record<string, readonly string[]>>;
}

const pluginsOf = defineFact<Plugins>({
  name: 'plugins of the node',
  script: askErlang(`
B = fun(A) -> atom_to_binary(A, utf8) end,
{ok, F} = application:get_env(rabbit, enabled_plugins_file),
J = #{enabled => [B(P) || P <- rabbit_plugins:read_enabled(F)],
running => maps:from_list([{B(A), case application:get_key(A, applications) of {ok, L} -> [B(N) || N <- L]; _ -> [] end} || {A, _, _} <- rabbit_misc:which_applications()])},`),
  parse(reply) {
    const plugins = parseAnswer<Plugins>(reply);
    if (plugins === undefined) throw new Error('the broker is not running');
    return plugins;
  },
});

/** As `rabbitmq-plugins disable` does it in a node that runs. */
const DISABLE = `
{ok, F} = application:get_env(rabbit, enabled_plugins_file),
Do = fun(Names) ->
  Left = [P || P <- rabbit_plugins:read_enabled(F), not lists:member(atom_to_binary(P, utf8), Names)],
  ok = file:write_file(F ++ ".ts-play", io_lib:format("~p.~n", [lists:usort(Left)])),
  ok = file:rename(F ++ ".ts-play", F),
  {ok, _, _} = rabbit_plugins:ensure(F)
end`;

/** Plugins that a node shall not have. */
export const pluginsOff = defineTask<{ readonly names: readonly string[] }, Plugins>({
  name: 'rabbit-plugins-absent',
  title: ({ names }) => `plugins ${names.join(', ')} absent`,
  claims: ({ names }) => Object.fromEntries(names.map((name) => [`rabbitmq plugin ${name}`, 'disabled'])),
  fact: () => pluginsOf,
  diff({ enabled, running }, { names }) {
    const gone = names.filter((name) => enabled.includes(name) || name in running);
    for (const name of gone) {
      const [dependent] = Object.keys(running).filter(
        (other) => running[other]?.includes(name) && !names.includes(other),
      );
      if (dependent !== undefined) {
        throw new Error(`${dependent} needs the plugin ${name}: name both as absent, or neither`);
      }
    }
    return gone.map((name) => ({ what: name, from: 'enabled', to: 'disabled' }));
  },
  apply: (_want, changes) => sh`${runActions(DISABLE, [changes.map(({ what }) => what)])}`,
} satisfies TaskType<{ readonly names: readonly string[] }, Plugins>);
