import { type Script, sh } from '../../../../lib/index.ts';
import { BROKER_SERVICE, evaluate, tool } from './commands.ts';

/** `true` or `false`; `none` for a version that has no maintenance mode, or in which it is broken. */
const EXPRESSION =
  'case {rabbit_misc:version(), code:ensure_loaded(rabbit_maintenance)} of {"3.11.17", _} -> none; {_, {module, _}} -> rabbit_maintenance:is_being_drained_consistent_read(node()); _ -> none end.';

/**
 * Prints `on` or `off`: whether the broker is in maintenance mode; `none` where it can't be, or does not answer. By
 * erl_call, and by `rabbitmqctl eval` where that can't talk to a broker whose unit is active.
 */
export const maintenanceMode: Script = sh`answer=$( ${evaluate(EXPRESSION)} || :)
case $answer in
  *true* | *false* | *none*) ;;
  *) if systemctl is-active -q ${BROKER_SERVICE}; then
    answer=$( ${tool('rabbitmqctl', '-q', 'eval', EXPRESSION)} 2>/dev/null || :)
  fi ;;
esac
case $answer in *true*) echo on ;; *false*) echo off ;; *) echo none ;; esac`;

/** Puts the broker into maintenance mode: it closes its clients' connections and gives its leaders away. */
export const enterMaintenance: Script = tool('rabbitmq-upgrade', '-q', 'drain');

/** Ends maintenance mode if the broker is in it. */
export const leaveMaintenance: Script = sh`if [ "$( ${maintenanceMode} )" = on ]; then
  ${tool('rabbitmq-upgrade', '-q', 'revive')}
fi`;

/** Whether this version can be put into maintenance mode: from 3.8.8 on, and not in 3.11.17, where it is broken. */
export function hasMaintenance(version: string | null | undefined): boolean {
  if (!version || version === '3.11.17') return false;
  const [major = 0, minor = 0, patch = 0] = version.split(/[.+-]/).map(Number);
  return major > 3 || (major === 3 && (minor > 8 || (minor === 8 && patch >= 8)));
}
