/**
 * Erlang that tells all we want to know of a broker, as `J`. Works from RabbitMQ 3.8 on; what a version or a stopped broker can't tell is null.
 * Active plugins are found among the applications that run: asking for plugins opens every archive, for 100 ms.
 */
export const SNAPSHOT_EXPRESSION = `
T = fun(F, D) -> try F() catch _:_ -> D end end,
B = fun(A) when is_atom(A) -> atom_to_binary(A, utf8); (L) when is_list(L) -> unicode:characters_to_binary(L); (X) -> X end,
Bs = fun(L) -> [B(X) || X <- L] end,
P = fun(K, L) -> case lists:keyfind(K, 1, L) of {_, V} -> V; false -> null end end,
M = fun(L) when is_list(L) -> maps:from_list(L); (X) -> X end,
Policy = fun(X) -> #{vhost => P(vhost, X), name => P(name, X), pattern => P(pattern, X), applyTo => B(P('apply-to', X)), priority => P(priority, X), definition => M(P(definition, X))} end,
J = #{
node => B(node()),
version => T(fun() -> B(rabbit_misc:version()) end, null),
running => T(fun() -> rabbit:is_running() end, false),
members => T(fun() -> Bs(rabbit_nodes:list_members()) end, T(fun() -> Bs(rabbit_mnesia:cluster_nodes(all)) end, null)),
up => T(fun() -> Bs(rabbit_nodes:list_running()) end, T(fun() -> Bs(rabbit_mnesia:cluster_nodes(running)) end, null)),
ram => T(fun() -> Bs(rabbit_mnesia:cluster_nodes(ram)) end, []),
clusterName => T(fun() -> B(rabbit_nodes:cluster_name()) end, null),
partitions => T(fun() -> Bs(rabbit_node_monitor:partitions()) end, []),
partitionHandling => T(fun() -> {ok, H} = application:get_env(rabbit, cluster_partition_handling), B(if is_tuple(H) -> element(1, H); true -> H end) end, null),
vhosts => T(fun() -> rabbit_vhost:list_names() end, null),
users => T(fun() -> [begin N = P(user, U), {ok, R} = rabbit_auth_backend_internal:lookup_user(N), #{name => N, tags => Bs(P(tags, U)), hash => base64:encode(element(3, R)), algorithm => B(element(5, R))} end || U <- rabbit_auth_backend_internal:list_users()] end, null),
permissions => T(fun() -> [#{user => P(user, X), vhost => P(vhost, X), configure => P(configure, X), write => P(write, X), read => P(read, X)} || X <- rabbit_auth_backend_internal:list_permissions()] end, null),
policies => T(fun() -> [Policy(X) || X <- rabbit_policy:list()] end, null),
operatorPolicies => T(fun() -> [Policy(X) || X <- rabbit_policy:list_op()] end, null),
defaultQueueTypes => T(fun() -> maps:from_list([{V, case vhost:get_default_queue_type(rabbit_vhost:lookup(V)) of undefined -> null; X -> B(X) end} || V <- rabbit_vhost:list_names()]) end, null),
queues => T(fun() -> length(rabbit_amqqueue:list()) end, null),
exchanges => T(fun() -> length([1 || X <- rabbit_exchange:list(), N <- [element(4, element(2, X))], N =/= <<>>, binary:match(N, <<"amq.">>) =/= {0, 4}]) end, null),
parameters => T(fun() -> length(rabbit_runtime_parameters:list()) end, null),
applications => T(fun() -> Bs([A || {A, _, _} <- rabbit_misc:which_applications()]) end, [])
},`;
