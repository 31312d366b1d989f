import { type Script, sh } from '../../lib/index.ts';
import { EVAL } from '../domain/rabbitmq/erlang/ask-erlang.ts';
import { BROKER_SERVICE } from '../domain/rabbitmq/scripts/commands.ts';

/**
 * Has the broker itself judge a new rabbitmq.conf before it is put in place: one that it refuses would keep it from
 * starting. A broker that is down can't be asked.
 */
export function accepted(candidate: Script): Script {
  return sh`if systemctl is-active -q ${BROKER_SERVICE}; then
  content=$(base64 <${candidate} | tr -d '\n')
  verdict=$(printf '%s' 'F = "/var/lib/rabbitmq/ts-play-candidate.conf", ok = file:write_file(F, base64:decode("' "$content" '")), R = (catch rabbit_prelaunch_conf:generate_config_from_cuttlefish_files(rabbit_prelaunch:get_context(), [F], undefined)), ok = file:delete(F), case R of [_ | _] -> list_to_atom("ts_play_" ++ "accepted"); {_, {undef, _}} -> ts_play_untold; _ -> refused end.' | ${EVAL} 2>&1) || :
  case $verdict in
    *ts_play_accepted* | *ts_play_untold*) ;;
    *refused*)
      printf 'the broker refuses the new rabbitmq.conf:\n%s\n' "$verdict" | sed '/^$/d; /^refused$/d; s/^[0-9:.]* \[error\] *//' >&2
      exit 1 ;;
  esac
fi`;
}
