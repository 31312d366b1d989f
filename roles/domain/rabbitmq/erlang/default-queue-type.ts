/** More queues than these are counted only. */
const NAMED = 10;

/** Queues of a virtual host that could not be declared again as they were, if its default queue type became another. */
export interface Held {
  readonly vhost: string;
  /** The type that counts today, as in `classic`: the virtual host's own, else the broker's. */
  readonly now: string;
  readonly total: number;
  /** The first of them, by name. */
  readonly names: readonly string[];
}

/**
 * Erlang that binds `Held`, a fun of a virtual host and the type that is wanted there. A broker adds the default type to a
 * declaration that names none, where the type can have such a queue (durable, not exclusive, not auto-delete), and
 * compares it with the queue that is there. It doesn't remember whether the client named the type, and clients can't
 * declare names that begin with `amq.`. Queues whose node is down count too. Only its relaxed check lets a quorum queue
 * pass for a classic one.
 */
export const HELD = `
TypeOf = fun(X) -> Name = case is_atom(X) of true -> atom_to_binary(X, utf8); false -> iolist_to_binary(X) end, case re:run(Name, "^rabbit_(.+)_queue$", [{capture, [1], binary}]) of {match, [Short]} -> Short; _ -> Name end end,
Held = fun(HeldVhost, Wanted) ->
  Now = try TypeOf(rabbit_vhost:default_queue_type(HeldVhost, rabbit_classic_queue)) catch _:_ -> try TypeOf(vhost:get_default_queue_type(rabbit_vhost:lookup(HeldVhost))) of <<"undefined">> -> <<"classic">>; OldType -> OldType catch _:_ -> <<"classic">> end end,
  Relaxed = application:get_env(rabbit, quorum_relaxed_checks_on_redeclaration, false) =:= true,
  HeldNames = case Now =:= Wanted orelse (Relaxed andalso Now =:= <<"quorum">> andalso Wanted =:= <<"classic">>) of
    true -> [];
    false -> lists:usort([QName || Q <- rabbit_amqqueue:list(HeldVhost) ++ rabbit_amqqueue:list_down(HeldVhost),
      amqqueue:is_durable(Q), amqqueue:get_exclusive_owner(Q) =:= none, not amqqueue:is_auto_delete(Q), TypeOf(amqqueue:get_type(Q)) =:= Now,
      QName <- [element(4, amqqueue:get_name(Q))], binary:match(QName, <<"amq.">>) =/= {0, 4}])
  end,
  #{vhost => HeldVhost, now => Now, total => length(HeldNames), names => lists:sublist(HeldNames, ${NAMED})}
end,`;

/** Why a virtual host's default queue type is left as it is, and what to do. */
export function keptFor({ vhost, now, total, names }: Held, wanted: string): string {
  const more = total > names.length ? ` and ${total - names.length} more` : '';
  const queues = `${names.map((name) => `"${name}"`).join(', ')}${more}`;
  return `the default queue type of the virtual host ${vhost} stays ${now}, though ${wanted} is wanted: it has ${total} durable ${now} ${total === 1 ? 'queue' : 'queues'} (${queues}), and a client that declares one of them again without a type would get error 406 from then on; replace them (make another queue with x-queue-type: ${wanted}, move the messages, delete the old one) and run this again, or, if all their clients name the type, set it yourself: rabbitmqctl update_vhost_metadata '${vhost}' --default-queue-type ${wanted}`;
}
