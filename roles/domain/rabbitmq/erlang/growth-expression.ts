/**
 * Erlang that tells what part a node has of the replicated queues, as `J`. A member is ready when it has all that the
 * leader had committed a moment before; until then the queue is no safer than without it. Versions name the indexes
 * differently, and those from 3.12 on let a newcomer vote only when it has caught up.
 * @param node as in `rabbit@hadoop004`
 */
export function growthExpression(node: string): string {
  return `
N = list_to_atom("${node.replaceAll(/[^A-Za-z0-9_.@-]/g, '')}"),
T = fun(F, D) -> try F() catch _:_ -> D end end,
B = fun(A) when is_atom(A) -> atom_to_binary(A, utf8); (X) -> X end,
Ns = fun(M) when is_map(M) -> maps:keys(M); (L) when is_list(L) -> L; (_) -> [] end,
Pn = fun(P) when is_pid(P) -> node(P); ({_, X}) -> X; (_) -> none end,
Row = fun(V, Q, Of) -> case [R || R <- T(fun() -> case rabbit_quorum_queue:status(V, Q) of L when is_list(L) -> L; _ -> [] end end, []), proplists:get_value(<<"Node Name">>, R) =:= Of] of [R0 | _] -> R0; _ -> [] end end,
Num = fun(Keys, R) -> case [X || K <- Keys, X <- [proplists:get_value(K, R)], is_integer(X)] of [X | _] -> X; _ -> -1 end end,
Caught = fun(V, Q, Lead) ->
  C = Num([<<"Commit Index">>], Row(V, Q, Lead)),
  R = Row(V, Q, N),
  C >= 0 andalso Num([<<"Last Written">>, <<"Last Log Index">>, <<"Log Index">>], R) >= C andalso not lists:member(proplists:get_value(<<"Membership">>, R, voter), [promotable, non_voter])
end,
Follows = fun(V, Q) ->
  Rows = T(fun() -> case rabbit_stream_queue:status(V, Q) of L when is_list(L) -> L; _ -> [] end end, []),
  C = [O || R <- Rows, proplists:get_value(role, R) =:= writer, O <- [proplists:get_value(committed_offset, R)], is_integer(O)],
  H = [O || R <- Rows, proplists:get_value(node, R) =:= N, O <- [proplists:get_value(offset, R)], is_integer(O)],
  C =/= [] andalso H =/= [] andalso hd(H) >= hd(C)
end,
Q = fun(X) ->
  {resource, V, queue, Name} = amqqueue:get_name(X),
  State = T(fun() -> amqqueue:get_type_state(X) end, #{}),
  Lead = Pn(amqqueue:get_pid(X)),
  {Type, Member, Ready, Waits} = case T(fun() -> amqqueue:get_type(X) end, rabbit_classic_queue) of
    rabbit_quorum_queue -> M = lists:member(N, Ns(maps:get(nodes, State, []))), {quorum, M, M andalso Caught(V, Name, Lead), M};
    rabbit_stream_queue -> M = lists:member(N, T(fun() -> Ns(maps:get(nodes, State)) end, [])), {stream, M, M andalso Follows(V, Name), M};
    _ ->
      Mode = T(fun() -> rabbit_policy:get(<<"ha-mode">>, X) end, undefined),
      Sync = T(fun() -> rabbit_policy:get(<<"ha-sync-mode">>, X) end, undefined),
      M = Lead =:= N orelse lists:member(N, [node(P) || P <- T(fun() -> amqqueue:get_slave_pids(X) end, []), is_pid(P)]),
      Y = Lead =:= N orelse lists:member(N, [node(P) || P <- T(fun() -> amqqueue:get_sync_slave_pids(X) end, []), is_pid(P)]),
      Kind = case Mode =:= undefined orelse T(fun() -> amqqueue:get_exclusive_owner(X) =/= none end, false) of true -> classic; false -> mirrored end,
      {Kind, M, Y, Kind =:= mirrored andalso Sync =:= <<"automatic">> andalso (M orelse Mode =:= <<"all">>)}
  end,
  #{name => Name, vhost => V, type => B(Type), leader => B(Lead), member => Member, ready => Ready, waits => Waits}
end,
J = #{node => B(N), up => [B(X) || X <- T(fun() -> rabbit_nodes:list_running() end, T(fun() -> rabbit_mnesia:cluster_nodes(running) end, []))], queues => [R || R <- [Q(X) || X <- rabbit_amqqueue:list()], maps:get(type, R) =/= <<"classic">>]},`;
}
