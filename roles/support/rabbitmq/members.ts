import { type Script, sh } from '../../../lib/index.ts';
import { haveDone } from './ask-erlang.ts';
import { tool } from './commands.ts';
import type { QueueHealth } from './health.ts';
import { repeated } from './repeated.ts';

type Named = Pick<QueueHealth, 'vhost' | 'name'>;

/** Gives a quorum queue or a stream one more member, on this node; nothing where it has one there. */
export function addMember({ type, vhost, name }: Named & { readonly type: string }, node: string): Script {
  // A queue whose leader was elected only now takes no new member for a moment.
  return repeated(
    type === 'stream'
      ? tool('rabbitmq-streams', '-q', 'add_replica', '-p', vhost, name, node)
      : tool('rabbitmq-queues', '-q', 'add_member', '-p', vhost, name, node),
  );
}

/**
 * Erlang that takes a node's replica away from a stream, and waits until the stream goes on without. The tool's
 * `delete_replica` refuses that for a node that is down, in 3.10 for one; what it calls does not.
 */
const PROGRAM = `
Has = fun(R, N) -> {ok, Q} = rabbit_amqqueue:lookup(R), lists:member(N, maps:get(nodes, amqqueue:get_type_state(Q))) end,
Wait = fun F(R, N, I) -> case Has(R, N) of false -> ok; true when I > 0 -> timer:sleep(100), F(R, N, I - 1); true -> error(replica_is_still_there) end end,
Do = fun(#{<<"vhost">> := V, <<"name">> := Name, <<"node">> := B}) ->
  {R, N} = {rabbit_misc:r(V, queue, Name), binary_to_atom(B, utf8)},
  case Has(R, N) of
    false -> ok;
    true ->
      {ok, X} = rabbit_amqqueue:lookup(R),
      case rabbit_stream_coordinator:delete_replica(maps:get(name, amqqueue:get_type_state(X)), N) of {ok, ok, _} -> Wait(R, N, 80); E -> error(E) end
  end
end`;

/** Takes a stream's replica on a node away, which may be down. */
export function removeReplica({ vhost, name }: Named, node: string): Script {
  return repeated(sh`( ${haveDone(PROGRAM, [{ vhost, name, node }])} )`);
}
