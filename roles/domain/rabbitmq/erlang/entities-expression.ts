import { erlangData } from './ask-erlang.ts';
import { HELD } from './default-queue-type.ts';

/** A queue or an exchange, by what names it. */
export interface Named {
  readonly vhost: string;
  readonly name: string;
}

/** All bindings between two things. */
export interface Ends {
  readonly vhost: string;
  readonly source: string;
  readonly destination: string;
  readonly destination_type: 'queue' | 'exchange';
}

/** What a look asks for by name, since there may be very many. */
export interface Sought {
  readonly exchanges: readonly Named[];
  readonly queues: readonly Named[];
  readonly bindings: readonly Ends[];
  /** Default queue types that virtual hosts shall have. */
  readonly defaultTypes: readonly { readonly vhost: string; readonly type: string }[];
}

/**
 * Erlang that tells what a cluster's metadata holds: all of what there is little of, and of queues, exchanges and
 * bindings only those that are sought. From RabbitMQ 3.8 on; what a version can't tell is null.
 */
export function entitiesExpression(sought: Sought): string {
  return `
S = ${erlangData(sought)},
T = fun(F, D) -> try F() catch _:_ -> D end end,
B = fun(A) when is_atom(A) -> atom_to_binary(A, utf8); (L) when is_list(L) -> unicode:characters_to_binary(L); (X) -> X end,
P = fun(K, L) -> case lists:keyfind(K, 1, L) of {_, V} -> V; false -> null end end,
N = fun F([{_, _} | _] = L) -> maps:from_list([{B(K), F(V)} || {K, V} <- L]); F(L) when is_list(L) -> [F(E) || E <- L]; F(M) when is_map(M) -> maps:map(fun(_, V) -> F(V) end, M); F(undefined) -> null; F(X) -> X end,
G = fun(K, M) -> maps:get(K, M) end,
R = fun(K, M) -> rabbit_misc:r(G(<<"vhost">>, M), K, G(<<"name">>, M)) end,
Args = fun(A) -> N(rabbit_misc:amqp_table(A)) end,
${HELD.trim()}
J = #{
version => T(fun() -> B(rabbit_misc:version()) end, null),
running => T(fun() -> rabbit:is_running() end, false),
can => [C || {C, true} <- [{queueTypeOfNewVhost, erlang:function_exported(rabbit_vhost, put_vhost, 6)}, {queueTypeOfVhost, erlang:function_exported(rabbit_vhost, update_metadata, 3)}]],
vhosts => T(fun() -> [begin M = T(fun() -> vhost:get_metadata(rabbit_vhost:lookup(V)) end, #{}), #{name => V, description => B(maps:get(description, M, <<>>)), tags => [B(X) || X <- maps:get(tags, M, [])], defaultQueueType => case maps:get(default_queue_type, M, undefined) of undefined -> null; Q -> B(Q) end} end || V <- rabbit_vhost:list_names()] end, null),
held => [Held(G(<<"vhost">>, E), G(<<"type">>, E)) || E <- G(<<"defaultTypes">>, S), T(fun() -> rabbit_vhost:exists(G(<<"vhost">>, E)) end, false)],
users => T(fun() -> [begin U = P(user, I), {ok, X} = rabbit_auth_backend_internal:lookup_user(U), #{name => U, tags => [B(A) || A <- P(tags, I)], hash => base64:encode(element(3, X)), algorithm => B(element(5, X)), limits => T(fun() -> internal_user:get_limits(X) end, #{})} end || I <- rabbit_auth_backend_internal:list_users()] end, null),
permissions => T(fun() -> [maps:from_list(X) || X <- rabbit_auth_backend_internal:list_permissions()] end, []),
topicPermissions => T(fun() -> [maps:from_list(X) || X <- rabbit_auth_backend_internal:list_topic_permissions()] end, []),
parameters => T(fun() -> [#{vhost => P(vhost, X), component => P(component, X), name => P(name, X), value => N(P(value, X))} || X <- rabbit_runtime_parameters:list()] end, []),
globalParameters => T(fun() -> [#{name => B(P(name, X)), value => N(P(value, X))} || X <- rabbit_runtime_parameters:list_global()] end, []),
policies => T(fun() -> [#{vhost => P(vhost, X), name => P(name, X), pattern => P(pattern, X), 'apply-to' => B(P('apply-to', X)), priority => P(priority, X), definition => N(P(definition, X))} || X <- rabbit_policy:list()] end, []),
exchanges => [begin I = rabbit_exchange:info(X, [type, durable, auto_delete, internal, arguments]), #{vhost => G(<<"vhost">>, E), name => G(<<"name">>, E), type => B(P(type, I)), durable => P(durable, I), auto_delete => P(auto_delete, I), internal => P(internal, I), arguments => Args(P(arguments, I))} end || E <- G(<<"exchanges">>, S), {ok, X} <- [T(fun() -> rabbit_exchange:lookup(R(exchange, E)) end, none)]],
queues => [#{vhost => G(<<"vhost">>, E), name => G(<<"name">>, E), type => B(amqqueue:get_type(X)), durable => amqqueue:is_durable(X), auto_delete => amqqueue:is_auto_delete(X), arguments => Args(amqqueue:get_arguments(X))} || E <- G(<<"queues">>, S), {ok, X} <- [T(fun() -> rabbit_amqqueue:lookup(R(queue, E)) end, none)]],
bindings => [#{vhost => G(<<"vhost">>, E), source => G(<<"source">>, E), destination => G(<<"destination">>, E), destination_type => G(<<"destination_type">>, E), routing_key => element(3, X), arguments => Args(element(5, X))} || E <- G(<<"bindings">>, S), X <- T(fun() -> rabbit_binding:list_for_source_and_destination(rabbit_misc:r(G(<<"vhost">>, E), exchange, G(<<"source">>, E)), rabbit_misc:r(G(<<"vhost">>, E), case G(<<"destination_type">>, E) of <<"queue">> -> queue; _ -> exchange end, G(<<"destination">>, E))) end, [])],
featureFlags => T(fun() -> true = rabbit:is_running(), [#{name => B(F), stability => T(fun() -> B(rabbit_feature_flags:get_stability(F)) end, null), enabled => T(fun() -> rabbit_feature_flags:is_enabled(F) end, false), supported => T(fun() -> rabbit_feature_flags:is_supported(F) end, null)} || F <- maps:keys(rabbit_feature_flags:list(all))] end, [])
},`;
}
