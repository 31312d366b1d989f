import { type Handler, lines, restart, type Script, sh } from '../../../../lib/index.ts';
import { BROKER_HOME, BROKER_SERVICE, setNode } from './commands.ts';

/** Seconds after which a node that needs no other has booted, on a busy machine too. */
const BOOT_SECONDS = 240;

/** Where a node writes what it does, by `$node`. */
export const LOG_FOLDER = '/var/log/rabbitmq';

/** Sets `$d` to the data folder of `$node`, and defines `lone`: true unless its disk names other members of its cluster. */
export const defineLone: Script = sh`d=${BROKER_HOME}/mnesia/$node
lone() {
  ! grep -o '[A-Za-z0-9_.-]*@[A-Za-z0-9_.-]*[A-Za-z0-9_-]' "$d/cluster_nodes.config" 2>/dev/null | grep -qvxF "$node"
}`;

/**
 * Defines `never_booted`: true when `$d` proves that no boot of it has come so far that anything could be kept there. A
 * node counts its boots in rabbit_serial, after it has opened its store and before it can be given anything; whatever is
 * not known to come before that counts as data.
 */
export const defineNeverBooted: Script = sh`never_booted() {
  if [ -e "$d/rabbit_serial" ] || [ ! -d "$d" ]; then return 1; fi
  for f in "$d"/* "$d"/.[!.]* "$d"/quorum/*/*/; do
    if [ ! -e "$f" ]; then continue; fi
    case \${f#"$d"/} in
      cluster_nodes.config | nodes_running_at_shutdown | node-type.txt | coordination | quorum) ;;
      schema.DAT | schema.TMP | LATEST.LOG | PREVIOUS.LOG | DECISION_TAB.LOG | DECISION_TAB.TMP) ;;
      # A table without a row.
      rabbit_*.DCD) if [ "$(wc -c <"$f")" -gt 8 ]; then return 1; fi ;;
      *) return 1 ;;
    esac
  done
}`;

/**
 * Defines `last_words`, why `$node` does not boot, in at most 8 lines of its log; `cannot_boot`, which says so with what to
 * do; and `stuck`: true when its half-made store waits for itself, as Mnesia's does for five minutes. To follow
 * {@link defineLone} and {@link defineNeverBooted}.
 */
export const defineLastWords: Script = sh`log=${LOG_FOLDER}/$node.log
last_words() {
  words=$(tail -n 400 "$log" 2>/dev/null | sed 's/^[0-9][-0-9]* [0-9:.+ Z]*\[\([a-z]*\)\] <[0-9.]*> */\1: /; s/   */ /g')
  case $words in
    *'BOOT FAILED'*) printf '%s\n' "\${words##*BOOT FAILED}" | sed -n 's/^error: *//p' | grep -v '^=*$' | head -n 8 ;;
    *'Error while waiting'*) printf '%s\n' "Error while waiting\${words##*Error while waiting}" | sed 's/^[a-z]*: *//' | head -n 3 ;;
    *) printf '%s\n' "$words" | sed '/^ *$/d' | tail -n 8 ;;
  esac
}
cannot_boot() {
  echo "$node can't boot. Its log, $log, says:" >&2
  last_words >&2
  if [ -d "$d" ] && ! never_booted; then
    echo "It may hold data, so that nothing of it was touched. Mend what the log names and run this again; or, if what it holds may go: systemctl stop ${sh`${BROKER_SERVICE}`}; mv $d ${sh`${BROKER_HOME}`}/put-aside-by-hand; then run this again" >&2
  fi
}
stuck() {
  never_booted && lone && tail -n 400 "$log" 2>/dev/null |
    sed -n '/log handlers are now ACTIVE/{h; d;}; H; \${x; p;}' | grep -q timeout_waiting_for_tables
}`;

/**
 * Waits until a boot that is under way is over. A broker that is stopped in its first boot may never boot again: its
 * store is half made. A node that has no other members boots by itself, so that it is waited for; one that may wait for
 * others is not, nor is one that can't boot any more.
 */
export const bootOver: Script = sh`( booting() {
  s=$(systemctl show -p ActiveState,SubState,Job ${BROKER_SERVICE} 2>/dev/null)
  case $s in
    # Between two attempts nothing runs.
    *SubState=auto-restart*) return 1 ;;
    *ActiveState=activating*) return 0 ;;
    # The machine itself is booting, and is about to start it.
    *ActiveState=inactive* | *ActiveState=failed*) case $s in *Job=[1-9]*) return 0 ;; esac ;;
  esac
  return 1
}
if booting; then
  ${setNode}
  ${defineLone}
  ${defineNeverBooted}
  ${defineLastWords}
  if lone; then echo "$node is booting: waiting until that is over" >&2; fi
  end=$(($(date +%s) + ${BOOT_SECONDS}))
  while booting && lone && ! stuck; do
    if [ "$(date +%s)" -ge "$end" ]; then
      # Without a data folder where it is looked for, nobody can tell whether it waits for others.
      if [ ! -d "$d" ]; then break; fi
      echo "$node is still booting after ${sh`${BOOT_SECONDS}`} s, and a broker that is stopped while it boots may never boot again: it was left alone. Run this again when it is up. The last lines of $log:" >&2
      last_words >&2
      exit 1
    fi
    sleep 1
  done
fi )`;

/** Stops the broker, never while it boots. */
export const stopUnit: Script = lines(bootOver, sh`systemctl stop ${BROKER_SERVICE}`);

/** Stops and starts it, never while it boots. */
export const restartUnit: Script = lines(bootOver, sh`systemctl restart ${BROKER_SERVICE}`);

const plain = restart(BROKER_SERVICE);

/** A handler that restarts the broker, never while it boots. */
export const restartBroker: Handler = { ...plain, script: lines(bootOver, plain.script) };
