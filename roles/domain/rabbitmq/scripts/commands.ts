import { type Script, type Secret, sh } from '../../../../lib/index.ts';

/** The broker's account, and its home: where its cookie lies. */
export const BROKER_USER = 'rabbitmq';
export const BROKER_HOME = '/var/lib/rabbitmq';
export const BROKER_SERVICE = 'rabbitmq-server';

/**
 * A RabbitMQ tool, run as the broker's user. The scripts in /usr/sbin are passed by: Debian's put their arguments
 * through a second shell, which expands what stands in passwords and patterns. The locale is the one in which the
 * tools read names and passwords as the UTF-8 they are.
 */
export function tool(name: string, ...args: readonly string[]): Script {
  return sh`HOME=${BROKER_HOME} LC_ALL=C.UTF-8 runuser -u ${BROKER_USER} -- ${`/usr/lib/rabbitmq/bin/${name}`} ${args} 9>&-`;
}

/** `rabbitmqctl -q …`; each call starts an Erlang VM, which takes about a second. */
export function ctl(...args: readonly string[]): Script {
  return tool('rabbitmqctl', '-q', ...args);
}

/**
 * Begins a script that changes a broker's membership. A run that was killed leaves its last script at work on the
 * host: this one waits for it and then does nothing, since what it was made for is no longer what there is.
 * The lock is on descriptor 9, which {@link tool} closes, so that no daemon started by one keeps it.
 */
export const underLock: Script = sh`if command -v flock >/dev/null; then
  exec 9>/run/ts-play-rabbitmq.lock
  if ! flock -n 9; then
    echo 'an earlier run is still at work on this broker: waiting for it' >&2
    flock -w 300 9 || exit 1
    exit 0
  fi
fi`;

/** Sets `$node` to this host's node name, as the broker's own start script finds it. */
export const setNode: Script = sh`node=rabbit; long=
if [ -r /etc/rabbitmq/rabbitmq-env.conf ]; then
  node=$(. /etc/rabbitmq/rabbitmq-env.conf >/dev/null 2>&1; echo "\${NODENAME:-\${RABBITMQ_NODENAME:-rabbit}}")
  long=$(. /etc/rabbitmq/rabbitmq-env.conf >/dev/null 2>&1; echo "\${USE_LONGNAME:-\${RABBITMQ_USE_LONGNAME:-}}")
fi
case $long in
  1 | [yY][eE][sS] | [tT][rR][uU][eE]) name=-name; full=$(hostname -f) ;;
  *) name=-sname; full=$(hostname -s) ;;
esac
case $node in *@*) ;; *) node=$node@$full ;; esac`;

/**
 * Has the node evaluate Erlang, in some 20 ms where a `rabbitmqctl` takes a second, and prints `{ok, VALUE}`. The
 * expression goes to stdin alone. Fails where there is no erl_call, or the node doesn't let the file's cookie in.
 */
export function evaluate(expression: string | Secret): Script {
  return sh`( command -v erl_call >/dev/null 2>&1 || exit 1
  ${setNode}
  printf '%s\n' ${expression} |
    HOME=${BROKER_HOME} runuser -u ${BROKER_USER} -- erl_call $name "$node" -timeout 10 -e 2>/dev/null 9>&- )`;
}
