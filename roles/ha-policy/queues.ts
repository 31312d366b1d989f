import { defineFact, type Fact } from '../../lib/index.ts';
import { askErlang, erlangData, parseAnswer } from '../domain/rabbitmq/erlang/ask-erlang.ts';
import type { Compiled } from './definition.ts';

/** A queue that the pattern matches, and what keeps it from being replicated as wanted, as the broker tells it. */
export interface Straggler {
  readonly name: string;
  /** As in `rabbit_classic_queue`. */
  readonly type: string;
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
  /** Members of a quorum queue; 0 for another. */
  readonly members: number;
  /** The policy that applies to it. */
  readonly policy: string | null;
}

export interface Stragglers {
  readonly total: number;
  /** The first of them, by name. */
  readonly queues: readonly Straggler[];
}

/** More than these are counted only. */
const SHOWN = 200;

/**
 * Asks the broker for queues that match and are not what the intent wants. It looks through them itself, so that
 * many thousands that are right cost no more than its look. Undefined where the broker can't tell.
 */
export function askStragglers({ kind, policy, members = 0 }: Compiled): Fact<Stragglers | undefined> {
  const { vhost, name, pattern } = policy;
  const wanted = erlangData({ vhost, name, pattern, quorum: kind === 'quorum', members, shown: SHOWN });
  return defineFact({
    name: 'queues that the policy does not help',
    script: askErlang(`W = ${wanted},${LOOK}`),
    parse: (reply) => parseAnswer<Stragglers>(reply),
  });
}

/** The pattern is matched by the engine that the broker itself matches it with. */
const LOOK = `
#{<<"vhost">> := V, <<"name">> := N, <<"pattern">> := P, <<"quorum">> := Quorum, <<"members">> := Wanted, <<"shown">> := Shown} = W,
{ok, RE} = re:compile(P),
Right = fun
  (rabbit_classic_queue, Exclusive, _, Ours) -> not Quorum andalso not Exclusive andalso Ours;
  (rabbit_quorum_queue, _, Members, Ours) -> not Quorum orelse (Members >= Wanted andalso Ours);
  (_, _, _, _) -> true
end,
Look = fun(Q) ->
  Name = element(4, amqqueue:get_name(Q)),
  Type = amqqueue:get_type(Q),
  Exclusive = amqqueue:get_exclusive_owner(Q) =/= none,
  Members = case Type of rabbit_quorum_queue -> length(rabbit_amqqueue:get_quorum_nodes(Q)); _ -> 0 end,
  Policy = case amqqueue:get_policy(Q) of L when is_list(L) -> proplists:get_value(name, L, null); _ -> null end,
  case Right(Type, Exclusive, Members, Policy =:= N) orelse re:run(Name, RE, [{capture, none}]) =/= match of
    true -> [];
    false -> [#{name => Name, type => atom_to_binary(Type, utf8), durable => amqqueue:is_durable(Q), exclusive => Exclusive, autoDelete => amqqueue:is_auto_delete(Q), members => Members, policy => Policy}]
  end
end,
Found = lists:sort(fun(#{name := X}, #{name := Y}) -> X =< Y end, lists:append([Look(Q) || Q <- rabbit_amqqueue:list(V)])),
J = #{total => length(Found), queues => lists:sublist(Found, Shown)},`;
