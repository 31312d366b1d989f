import { type Script, sh } from '../../../../lib/index.ts';
import { runActions } from '../erlang/ask-erlang.ts';
import type { QueueHealth } from '../facts/health.ts';
import { tool } from '../scripts/commands.ts';
import { retried } from '../scripts/retry.ts';

type Named = Pick<QueueHealth, 'vhost' | 'name'>;

/** Gives a quorum queue or a stream one more member, on this node; nothing where it has one there. */
export function addMember({ type, vhost, name }: Named & { readonly type: string }, node: string): Script {
  // A queue whose leader was elected only now takes no new member for a moment.
  return retried(
    type === 'stream'
      ? tool('rabbitmq-streams', '-q', 'add_replica', '-p', vhost, name, node)
      : tool('rabbitmq-queues', '-q', 'add_member', '-p', vhost, name, node),
  );
}

/** Gives all quorum queues that have none on this node a member there; nothing where all have. */
export function addMembers(node: string): Script {
  // The tool ends well whatever it says of single queues.
  return retried(sh`{
  said=$(${tool('rabbitmq-queues', '-q', 'grow', node, 'all', '--errors-only')}) &&
  case $said in *error:*) printf '%s\n' "$said" >&2; false ;; esac
}`);
}

/**
 * Erlang that takes a node's member away from a quorum queue or a stream, and waits until a stream goes on without. The
 * tools won't do for a node that is down or drained: `rabbitmq-streams delete_replica` of 3.10 refuses it, and
 * `rabbitmq-queues shrink` of 4.3 takes its members for unstable ones; what they call does not.
 */
const PROGRAM = `
Has = fun(R, N) -> {ok, Q} = rabbit_amqqueue:lookup(R), lists:member(N, maps:get(nodes, amqqueue:get_type_state(Q))) end,
Wait = fun F(R, N, I) -> case Has(R, N) of false -> ok; true when I > 0 -> timer:sleep(100), F(R, N, I - 1); true -> error(replica_is_still_there) end end,
Do = fun
  (#{<<"type">> := <<"quorum">>, <<"vhost">> := V, <<"name">> := Name, <<"node">> := B}) ->
    case rabbit_quorum_queue:delete_member(V, Name, binary_to_atom(B, utf8)) of ok -> ok; E -> error({Name, E}) end;
  (#{<<"vhost">> := V, <<"name">> := Name, <<"node">> := B}) ->
    {R, N} = {rabbit_misc:r(V, queue, Name), binary_to_atom(B, utf8)},
    case Has(R, N) of
      false -> ok;
      true ->
        {ok, X} = rabbit_amqqueue:lookup(R),
        case rabbit_stream_coordinator:delete_replica(maps:get(name, amqqueue:get_type_state(X)), N) of {ok, ok, _} -> Wait(R, N, 80); E -> error({Name, E}) end
    end
end`;

/** Takes the members of these quorum queues and streams on a node away, which may be down. */
export function removeMembers(queues: readonly (Named & { readonly type: string })[], node: string): Script {
  const actions = queues.map(({ type, vhost, name }) => ({ type, vhost, name, node }));
  // A queue that elects its leader just now can't change its members for a moment.
  return retried(sh`( ${runActions(PROGRAM, actions)} )`);
}
