import type { Script, Secret } from '../../../../lib/index.ts';
import { runActions } from './ask-erlang.ts';

/** One edit of a cluster's metadata, as plain data. */
export type MetadataEdit =
  /** A part of a definitions file: the wanted state in the broker's own format. */
  | { readonly do: 'import'; readonly definitions: Definitions }
  | { readonly do: 'tags'; readonly user: string; readonly tags: readonly string[] }
  | { readonly do: 'limits'; readonly user: string; readonly limits: Readonly<Record<string, number>> }
  | { readonly do: 'remove'; readonly what: 'vhost' | 'user' | 'global_parameter'; readonly name: string }
  | { readonly do: 'remove'; readonly what: 'permission'; readonly user: string; readonly vhost: string }
  | {
      readonly do: 'remove';
      readonly what: 'topic_permission';
      readonly user: string;
      readonly vhost: string;
      readonly exchange: string;
    }
  | {
      readonly do: 'remove';
      readonly what: 'parameter';
      readonly vhost: string;
      readonly component: string;
      readonly name: string;
    }
  | {
      readonly do: 'remove';
      readonly what: 'queue' | 'exchange';
      readonly vhost: string;
      readonly name: string;
    }
  | {
      readonly do: 'remove';
      readonly what: 'binding';
      readonly vhost: string;
      readonly source: string;
      readonly destination: string;
      readonly destination_type: string;
      readonly routing_key: string;
      readonly arguments: Readonly<Record<string, unknown>>;
    }
  | { readonly do: 'enable'; readonly flag: string };

/** Keys of a definitions file, each with what is to be there. */
export type Definitions = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** The functions behind the management plugin and rabbitmqctl, with the names they have had from 3.8 on. */
const PROGRAM = `
Me = <<"ts-play">>,
Ok = fun(ok) -> ok; ({ok, _}) -> ok; ({ok, _, _}) -> ok; ({error, not_found}) -> ok; ({error, E}) -> error(E); (_) -> ok end,
Do = fun
(#{<<"do">> := <<"import">>, <<"definitions">> := D}) -> Ok(rabbit_definitions:import_parsed(D));
(#{<<"do">> := <<"tags">>, <<"user">> := U, <<"tags">> := T}) -> Ok(rabbit_auth_backend_internal:set_tags(U, [binary_to_atom(X, utf8) || X <- T], Me));
(#{<<"do">> := <<"limits">>, <<"user">> := U, <<"limits">> := L}) -> Ok(rabbit_auth_backend_internal:set_user_limits(U, L, Me));
(#{<<"do">> := <<"enable">>, <<"flag">> := F}) -> Ok(rabbit_feature_flags:enable(binary_to_atom(F, utf8)));
(#{<<"what">> := <<"vhost">>, <<"name">> := N}) -> Ok(rabbit_vhost:delete(N, Me));
(#{<<"what">> := <<"user">>, <<"name">> := N}) -> Ok(rabbit_auth_backend_internal:delete_user(N, Me));
(#{<<"what">> := <<"global_parameter">>, <<"name">> := N}) -> Ok(rabbit_runtime_parameters:clear_global(binary_to_atom(N, utf8), Me));
(#{<<"what">> := <<"permission">>, <<"user">> := U, <<"vhost">> := V}) -> Ok(rabbit_auth_backend_internal:clear_permissions(U, V, Me));
(#{<<"what">> := <<"topic_permission">>, <<"user">> := U, <<"vhost">> := V, <<"exchange">> := X}) -> Ok(rabbit_auth_backend_internal:clear_topic_permissions(U, V, X, Me));
(#{<<"what">> := <<"parameter">>, <<"vhost">> := V, <<"component">> := C, <<"name">> := N}) -> Ok(rabbit_runtime_parameters:clear(V, C, N, Me));
(#{<<"what">> := <<"exchange">>, <<"vhost">> := V, <<"name">> := N}) -> Ok(rabbit_exchange:delete(rabbit_misc:r(V, exchange, N), false, Me));
(#{<<"what">> := <<"queue">>, <<"vhost">> := V, <<"name">> := N}) -> case rabbit_amqqueue:lookup(rabbit_misc:r(V, queue, N)) of {ok, Q} -> Ok(rabbit_amqqueue:delete(Q, false, false, Me)); _ -> ok end;
(#{<<"what">> := <<"binding">>, <<"vhost">> := V, <<"source">> := S, <<"destination">> := D, <<"destination_type">> := T, <<"routing_key">> := K, <<"arguments">> := A}) ->
  From = rabbit_misc:r(V, exchange, S), To = rabbit_misc:r(V, case T of <<"queue">> -> queue; _ -> exchange end, D),
  [Ok(rabbit_binding:remove(X, Me)) || X <- rabbit_binding:list_for_source_and_destination(From, To), element(3, X) =:= K, maps:from_list(maps:to_list(rabbit_misc:amqp_table(element(5, X)))) =:= A], ok
end`;

/** Makes these edits through one node of the cluster, in order. */
export function editMetadata(edits: readonly MetadataEdit[], secrets: readonly Secret[] = []): Script {
  return runActions(PROGRAM, edits, secrets);
}
