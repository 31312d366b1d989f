import { defineFact, defineTask, type Fact, type TaskType } from '../../lib/index.ts';
import { askErlang, erlangData, parseAnswer } from '../domain/rabbitmq/erlang/ask-erlang.ts';
import { HELD, type Held, keptFor } from '../domain/rabbitmq/erlang/default-queue-type.ts';
import { defaultTypeClaim, queueType } from '../domain/rabbitmq/facts/entities.ts';
import { ctl } from '../domain/rabbitmq/scripts/commands.ts';

export interface DefaultQueueTypeWant {
  readonly vhost: string;
  readonly type: 'quorum' | 'classic' | 'stream';
}

/** What the broker says of a virtual host's default queue type. */
export interface DefaultTypeState {
  readonly running: boolean;
  readonly exists: boolean;
  /** As the broker writes it; null where none is set. */
  readonly set: string | null;
  /** Queues that keep it as it is; null where they could not be told. */
  readonly held: Held | null;
}

/** What queues of a virtual host are that are declared without a type. Left as it is while that would break clients. */
export const defaultQueueTypeType: TaskType<DefaultQueueTypeWant, DefaultTypeState | undefined> = {
  name: 'rabbit-default-queue-type',
  title: ({ vhost, type }) => `default queue type ${type} on ${vhost}`,
  claims: ({ vhost, type }) => defaultTypeClaim(vhost, type),
  fact: stateOf,
  diff(state, { vhost, type }) {
    if (state?.running !== true) throw new Error('the broker is not running');
    if (!state.exists) throw new Error(`there is no virtual host ${vhost}`);
    // As its module is called, where somebody has set it by that name.
    const current = state.set === null ? undefined : queueType(state.set);
    if (current === type) return [];
    if (state.held === null) {
      throw new Error(
        `the queues of the virtual host ${vhost} could not be listed, and some may need its type`,
      );
    }
    if (state.held.total > 0) return [];
    return [{ what: 'default queue type', from: current ?? 'not set', to: type }];
  },
  apply: ({ vhost, type }) => ctl('update_vhost_metadata', vhost, '--default-queue-type', type),
};

export const defaultQueueType = defineTask(defaultQueueTypeType);

/** Why it is left as it is, once the task had its turn; undefined when it is not. The same script as the task's probe. */
export function askKept(want: DefaultQueueTypeWant): Fact<string | undefined> {
  return defineFact({
    name: 'what keeps the default queue type as it is',
    script: stateOf(want).script,
    parse(reply) {
      const held = stateOf(want).parse(reply)?.held;
      return held && held.total > 0 ? keptFor(held, want.type) : undefined;
    },
  });
}

function stateOf({ vhost, type }: DefaultQueueTypeWant): Fact<DefaultTypeState | undefined> {
  return defineFact({
    name: `default queue type of ${vhost}`,
    script: askErlang(`
#{<<"vhost">> := V, <<"type">> := Type} = ${erlangData({ vhost, type })},
T = fun(F, D) -> try F() catch _:_ -> D end end,
${HELD.trim()}
J = #{
running => T(fun() -> rabbit:is_running() end, false),
exists => T(fun() -> rabbit_vhost:exists(V) end, false),
set => T(fun() -> case vhost:get_default_queue_type(rabbit_vhost:lookup(V)) of undefined -> null; X when is_atom(X) -> atom_to_binary(X, utf8); X -> iolist_to_binary(X) end end, null),
held => T(fun() -> Held(V, Type) end, null)
},`),
    parse: (reply) => parseAnswer<DefaultTypeState>(reply),
  });
}
