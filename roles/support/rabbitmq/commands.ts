import { type Script, sh } from '../../../lib/index.ts';

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
  return sh`HOME=${BROKER_HOME} LC_ALL=C.UTF-8 runuser -u ${BROKER_USER} -- ${`/usr/lib/rabbitmq/bin/${name}`} ${args}`;
}

/** `rabbitmqctl -q …`; each call starts an Erlang VM, which takes about a second. */
export function ctl(...args: readonly string[]): Script {
  return tool('rabbitmqctl', '-q', ...args);
}

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
