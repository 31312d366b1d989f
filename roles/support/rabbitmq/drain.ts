import { type Script, sh } from '../../../lib/index.ts';
import { BACKEND, serverName } from '../../haproxy-build/names.ts';
import { askFunction } from '../../haproxy-build/socket.ts';
import type { Layer } from './layer.ts';

/** Sets `$admin` and `$op` of a server; both are empty where HAProxy doesn't run or doesn't have it. */
function readServer(server: string): Script {
  return sh`${askFunction}
set -- $(ask show servers state ${BACKEND} 2>/dev/null | while read -r _ _ _ name _ op admin _; do
  if [ "$name" = ${server} ]; then echo "$op $admin"; fi
done)
op=\${1:-} admin=\${2:-}`;
}

/** A broker behind a proxy: drained, it gets no new connections there. Its tasks run on the proxy. */
export function serverBehind(broker: string): Layer {
  const server = serverName(broker);
  // A HAProxy that does not run forgets what it was told; what it says when it is told is a refusal.
  const set = (state: string) => sh`${askFunction}
said=$(ask set server ${`${BACKEND}/${server}`} state ${state} 2>/dev/null) || said=
case $said in *[![:space:]]*) printf 'HAProxy says: %s\n' "$said" >&2; exit 1 ;; esac`;
  return {
    id: `server-${server}`,
    title: `${server} behind HAProxy`,
    // Forced into maintenance is 1, into drain 8.
    look: sh`${readServer(server)}
if [ -z "$admin" ]; then echo none; elif [ $((admin & 9)) -eq 0 ]; then echo in; else echo out; fi`,
    out: set('drain'),
    back: set('ready'),
  };
}

/** Prints `up` where HAProxy would send clients to the broker, `none` where it doesn't run, else what it says. */
export function serverUp(broker: string): Script {
  return sh`${readServer(serverName(broker))}
if [ -z "$admin" ]; then echo none; elif [ "$op" = 2 ] && [ $((admin & 9)) -eq 0 ]; then echo up; else echo "state $op, set to $admin"; fi`;
}
