import { gunzipSync } from 'node:zlib';
import { lines, type Reply, type Script, Secret, sh } from '../../../../lib/index.ts';
import { BROKER_SERVICE, evaluate, tool } from '../scripts/commands.ts';

/** The slow way, expression on stdin. Not a word more: with `-q` RabbitMQ 4's tools never come to read it. */
export const EVAL = tool('rabbitmqctl', 'eval');

/** Erlang that makes `J`, plain data for JSON, the answer to a look: packed, and in pieces that erl_call prints as text. */
const ANSWER = `
Split = fun F(L) when length(L) > 30000 -> {A, Z} = lists:split(30000, L), [A | F(Z)]; F(L) -> [L] end,
["TSPLAY:"] ++ Split(binary_to_list(base64:encode(zlib:gzip(iolist_to_binary(rabbit_json:encode(J)))))) ++ [":END"].`;

/** Erlang that has `Do` do every action of the list `J`, and says how it went. */
const DONE = `
try lists:foreach(Do, J), list_to_atom("ts_play_" ++ "done")
catch _:E -> "TS-PLAY FAILED: " ++ [C || C <- lists:sublist(lists:flatten(io_lib:format("~0p", [E])), 1500), C > 31, C < 127] end.`;

/** Plain data as an Erlang expression: whatever stands in it, nothing of it is ever read as code. */
export function erlangData(data: unknown): string {
  return `rabbit_json:decode(base64:decode("${Buffer.from(JSON.stringify(data)).toString('base64')}"))`;
}

/**
 * A look at a broker: the Erlang in `expression` binds `J`, which {@link parseAnswer} gets back. By erl_call in some 20 ms,
 * by `rabbitmqctl eval` in a second where that can't talk to a broker whose unit is active. Prints nothing else.
 */
export function askErlang(expression: string): Script {
  const code = `${expression.trim()}${ANSWER}`;
  return sh`answer=$( ${evaluate(code)} || :)
case $answer in
  *:END*) ;;
  *) if systemctl is-active -q ${BROKER_SERVICE}; then answer=$(printf '%s\n' ${code} | ${EVAL} 2>/dev/null); fi ;;
esac
printf '%s\n' "$answer"`;
}

/** @returns undefined when the broker gave no answer */
export function parseAnswer<T>({ stdout }: Reply): T | undefined {
  // A long string may come back broken over lines and quoted; its alphabet tells it from what surrounds it.
  const [, packed] = /TSPLAY:([A-Za-z0-9+/=",\s]+):END/.exec(stdout) ?? [];
  if (packed === undefined) return undefined;
  return JSON.parse(
    gunzipSync(Buffer.from(packed.replaceAll(/[",\s]/g, ''), 'base64')).toString('utf8'),
  ) as T;
}

/**
 * Has a broker do actions: the Erlang in `program` binds `Do`, a fun that is called with each of them. All of it goes to
 * stdin alone and is never shown. `secrets` are those among the actions, so that the broker's own words are cleaned of them.
 */
export function runActions(
  program: string,
  actions: readonly unknown[],
  secrets: readonly Secret[] = [],
): Script {
  const code = new Secret(`J = ${erlangData(actions)},\n${program.trim()},${DONE}`);
  return lines(
    // A builtin that does nothing: what stands here is in no list of processes.
    secrets.length > 0 && sh`: ${secrets}`,
    sh`answer=$( ${evaluate(code)} || :)
case $answer in
  *ts_play_done* | *'TS-PLAY FAILED'*) ;;
  *) answer=$(printf '%s\n' ${code} | ${EVAL}) ;;
esac
case $answer in
  *ts_play_done*) ;;
  *) printf '%s\n' "\${answer:-the broker does not answer}" >&2; exit 1 ;;
esac`,
  );
}
