/**
 * Erlang that tells how well a cluster is, as one of its nodes sees it, as `J`. No queue's process is asked, so that one that hangs hangs nothing: who leads, who mirrors and who is synchronised stands in tables.
 * Queues whose nodes are all down are listed apart by the broker, and belong here too. What a version doesn't know is
 * null or empty. A broker that is only starting (`W`) is not asked for what needs its feature flags: up to 3.10 that
 * question can wait for the start, and the start for the question, for ever.
 */
export const HEALTH_EXPRESSION = `
T = fun(F, D) -> try F() catch _:_ -> D end end,
B = fun(null) -> null; (none) -> null; (A) when is_atom(A) -> atom_to_binary(A, utf8); (L) when is_list(L) -> unicode:characters_to_binary(L); (X) -> X end,
Bs = fun(L) -> [B(X) || X <- L] end,
W = fun(F, D) -> case T(fun() -> rabbit:is_running() end, false) of true -> T(F, D); _ -> D end end,
Up = T(fun() -> rabbit_nodes:list_running() end, T(fun() -> rabbit_mnesia:cluster_nodes(running) end, [])),
Alive = maps:from_list([{N, case rpc:call(N, erlang, registered, [], 5000) of L when is_list(L) -> maps:from_list([{A, true} || A <- L]); _ -> #{} end} || N <- Up]),
Ns = fun(M) when is_map(M) -> maps:keys(M); (L) when is_list(L) -> L; (_) -> [] end,
Pn = fun(P) when is_pid(P) -> node(P); ({_, N}) -> N; (_) -> null end,
On = fun(Name, Nodes) -> [N || N <- Nodes, maps:is_key(Name, maps:get(N, Alive, #{}))] end,
Target = fun(X) ->
  Sizes = [T(fun() -> rabbit_policy:get(<<"target-group-size">>, X) end, undefined), T(fun() -> {_, A} = rabbit_misc:table_lookup(amqqueue:get_arguments(X), <<"x-quorum-target-group-size">>), A end, undefined)],
  case [S || S <- Sizes, is_integer(S), S > 0] of [] -> null; L -> lists:max(L) end
end,
Q = fun(X) ->
  {resource, V, queue, Name} = amqqueue:get_name(X),
  Type = T(fun() -> amqqueue:get_type(X) end, rabbit_classic_queue),
  State = T(fun() -> amqqueue:get_type_state(X) end, #{}),
  Pid = amqqueue:get_pid(X),
  {Kind, Lead, Members, Online} = case Type of
    rabbit_quorum_queue -> M = Ns(maps:get(nodes, State, [])), {quorum, Pn(Pid), M, On(case Pid of {R, _} -> R; _ -> none end, M)};
    rabbit_stream_queue -> M = T(fun() -> Ns(maps:get(nodes, State, [])) end, []), {stream, T(fun() -> maps:get(leader_node, State) end, null), M, [N || N <- M, lists:member(N, Up)]};
    _ -> S = [node(P) || P <- T(fun() -> amqqueue:get_slave_pids(X) end, []), is_pid(P)],
         Y = [node(P) || P <- T(fun() -> amqqueue:get_sync_slave_pids(X) end, []), is_pid(P)],
         H = case Pn(Pid) of null -> []; N0 -> [N0] end,
         {classic, Pn(Pid), H ++ (S -- H), [N || N <- H ++ (Y -- H), lists:member(N, Up)]}
  end,
  #{name => Name, vhost => V, type => B(Kind), leader => B(Lead), members => Bs(Members), online => Bs(Online), durable => T(fun() -> amqqueue:is_durable(X) end, true), exclusive => T(fun() -> amqqueue:get_exclusive_owner(X) =/= none end, false), policy => T(fun() -> B(rabbit_policy:name(X)) end, null), target => case Kind of quorum -> Target(X); _ -> null end}
end,
Down = T(fun() -> lists:append([rabbit_amqqueue:list_down(V) || V <- rabbit_vhost:list_names()]) end, []),
Alarm = fun({{resource_limit, What, N}, _}) -> #{what => B(What), node => B(N)}; (What) when is_atom(What) -> #{what => B(What), node => null}; (_) -> #{what => <<"other">>, node => null} end,
J = #{
node => B(node()),
version => T(fun() -> B(rabbit_misc:version()) end, null),
erlang => T(fun() -> B(erlang:system_info(otp_release)) end, null),
running => T(fun() -> rabbit:is_running() end, false),
clusterName => T(fun() -> B(rabbit_nodes:cluster_name()) end, null),
members => T(fun() -> Bs(rabbit_nodes:list_members()) end, T(fun() -> Bs(rabbit_mnesia:cluster_nodes(all)) end, [])),
up => Bs(Up),
ram => T(fun() -> Bs(rabbit_mnesia:cluster_nodes(ram)) end, []),
store => W(fun() -> case rabbit_khepri:is_enabled() of true -> <<"khepri">>; _ -> <<"mnesia">> end end, <<"mnesia">>),
partitions => T(fun() -> Bs(rabbit_node_monitor:partitions()) end, []),
alarms => T(fun() -> [Alarm(A) || A <- rabbit_alarm:get_alarms()] end, []),
draining => W(fun() -> Bs([N || N <- Up, rabbit_maintenance:is_being_drained_consistent_read(N)]) end, []),
flags => W(fun() -> [#{name => B(F), enabled => rabbit_feature_flags:is_enabled(F)} || F <- maps:keys(rabbit_feature_flags:list(all))] end, []),
certificate => T(fun() -> {ok, O} = application:get_env(rabbit, ssl_options), B(proplists:get_value(certfile, O, null)) end, null),
queues => T(fun() -> [Q(X) || X <- maps:values(maps:from_list([{amqqueue:get_name(X), X} || X <- Down ++ rabbit_amqqueue:list()]))] end, null)
},`;
