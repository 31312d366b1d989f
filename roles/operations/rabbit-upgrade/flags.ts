import { defineFact, defineTask, sh, type TaskType } from '../../../lib/index.ts';
import { askErlang, parseAnswer } from '../../domain/rabbitmq/erlang/ask-erlang.ts';
import { ctl, underLock } from '../../domain/rabbitmq/scripts/commands.ts';

/** What stands between a cluster and its next version. */
export interface Flags {
  /** Stable feature flags that are not enabled. */
  readonly disabled: readonly string[];
  /** The running nodes' versions, each once. */
  readonly versions: readonly string[];
  /** Khepri is the store. */
  readonly khepri: boolean;
  /** Classic queues with mirrors, by name. */
  readonly mirrored: readonly string[];
}

const EXPRESSION = `
T = fun(F, D) -> try F() catch _:_ -> D end end,
B = fun(A) when is_atom(A) -> atom_to_binary(A, utf8); (L) when is_list(L) -> unicode:characters_to_binary(L); (X) -> X end,
Up = T(fun() -> rabbit_nodes:list_running() end, T(fun() -> rabbit_mnesia:cluster_nodes(running) end, [node()])),
J = #{
disabled => T(fun() -> true = rabbit:is_running(), [B(N) || {N, P} <- maps:to_list(rabbit_feature_flags:list(all)), maps:get(stability, P, stable) =/= experimental, not rabbit_feature_flags:is_enabled(N), N =/= khepri_db] end, []),
versions => lists:usort([B(rpc:call(N, rabbit_misc, version, [], 5000)) || N <- Up]),
khepri => T(fun() -> rabbit_khepri:is_enabled() =:= true end, false),
mirrored => T(fun() -> [element(4, amqqueue:get_name(Q)) || Q <- rabbit_amqqueue:list(), amqqueue:get_type(Q) =:= rabbit_classic_queue, T(fun() -> amqqueue:get_slave_pids(Q) end, []) =/= []] end, [])
},`;

export const askFlags = defineFact<Flags | undefined>({
  name: 'feature flags',
  fresh: true,
  script: askErlang(EXPRESSION),
  parse: (reply) => parseAnswer<Flags>(reply),
});

/** All stable feature flags enabled, once all nodes have one version: the next upgrade needs them. */
export const featureFlagsType: TaskType<Record<never, never>, Flags | undefined> = {
  name: 'rabbit-feature-flags',
  title: () => 'all stable feature flags enabled',
  claims: () => ({ 'rabbitmq feature flags': 'all' }),
  fact: () => askFlags,
  diff(flags) {
    if (flags === undefined) throw new Error('the broker does not answer');
    // While versions are mixed the old ones could not read what the new ones would then write.
    if (flags.versions.length > 1) return [];
    return flags.disabled.map((name) => ({ what: name, from: 'disabled', to: 'enabled' }));
  },
  apply: (_want, changes) => sh`${underLock}
for flag in ${changes.map(({ what }) => what)}; do
  ${ctl('enable_feature_flag')} "$flag"
done`,
};

export const featureFlags = defineTask(featureFlagsType);
