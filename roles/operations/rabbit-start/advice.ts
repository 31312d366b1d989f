import { PlayError } from '../../../lib/index.ts';
import type { Blocked } from '../../domain/rabbitmq/rules/blocked.ts';
import { BROKER_HOME, BROKER_SERVICE, BROKER_USER } from '../../domain/rabbitmq/scripts/commands.ts';

/** A command line for a person: run as root, it runs the tool as the broker's user, past the distribution's wrapper. */
export function byHand(command: string): string {
  return `runuser -u ${BROKER_USER} -- env HOME=${BROKER_HOME} /usr/lib/rabbitmq/bin/${command}`;
}

/** Says which node is missing, and what a person can do about it; nothing of that is done here. */
export function blockedError({ lost, host, node, store }: Blocked): PlayError {
  const names = lost.join(', ');
  const bring = `bring ${names} back and run this again`;
  return new PlayError({
    kind: 'failed',
    what: `the cluster can't start without ${names}`,
    why:
      store === 'khepri'
        ? `its nodes keep their metadata by majority, and without ${names} there is none`
        : `${node} stopped last of those that are here, and ${names} still ran then, with what may be newer: the others wait for it`,
    next:
      store === 'khepri' ? [bring, ...khepri(host)].join('\n') : [bring, ...mnesia(host, lost)].join('\n'),
  });
}

function mnesia(host: string, lost: readonly string[]): readonly string[] {
  return [
    'if it is lost for ever, with what it alone had:',
    ...lost.flatMap((node) => [
      `  ts-play playbooks/forget-node.ts -i INVENTORY -e node=${node} -e offline=true`,
      `  or by hand, as root on ${host}, its broker stopped:`,
      `    systemctl stop ${BROKER_SERVICE}`,
      `    ${byHand(`rabbitmqctl forget_cluster_node --offline ${node}`)}`,
    ]),
    `if it is to come back later as the member it was, as root on ${host}:`,
    `    ${byHand('rabbitmqctl force_boot')}`,
    '  and run this again',
  ];
}

function khepri(host: string): readonly string[] {
  return [
    `if it is lost for ever, with what it alone had: as root on ${host}, which then is a cluster of one that the others join anew:`,
    `    systemctl start --no-block ${BROKER_SERVICE}`,
    `    ${byHand('rabbitmqctl force_standalone_khepri_boot')}`,
  ];
}
