import { type Handler, sh } from '../../lib/index.ts';
import { askFunction } from '../domain/haproxy/socket.ts';

/**
 * A reload that fails when no new worker takes over: systemd is told only that the signal was sent, and the old
 * worker goes on serving with what it was started with. So it is when a port is another's.
 */
export function takenUp(reload: Handler): Handler {
  return {
    ...reload,
    script: sh`(
set -eu
${askFunction}
worker() { ask show info 2>/dev/null | sed -n 's/^Pid: //p'; }
stamp() { systemctl show -p ExecMainStartTimestampMonotonic -p NRestarts haproxy.service </dev/null; }
before=$(worker) began=$(date +%s) was=$(stamp)
told=$(
${reload.script}
) || { printf '%s\n' "$told"; exit 1; }
printf '%s\n' "$told"
# One that did not run, was restarted or is newer than the change has nothing to take up.
case $told in *'started after the change'*) exit 0 ;; esac
if [ -z "$before" ] || [ "$(stamp)" != "$was" ]; then exit 0; fi
tries=0
while now=$(worker); [ -z "$now" ] || [ "$now" = "$before" ]; do
  tries=$((tries + 1))
  if [ "$tries" -ge 50 ]; then
    echo 'HAProxy could not take up its new configuration and goes on with the old one:' >&2
    journalctl --unit=haproxy --since="@$began" --no-pager --output=cat 2>/dev/null |
      grep -E 'ALERT|cannot bind|rror' | tail -n 5 >&2
    exit 1
  fi
  sleep 0.2 2>/dev/null || sleep 1
done
)`,
  };
}
