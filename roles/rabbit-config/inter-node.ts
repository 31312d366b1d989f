import { defineFact, line, PlayError, sh, type Task } from '../../lib/index.ts';
import type { Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { ENV, INTER_NODE, TLS } from './paths.ts';

const NAMES = ['SERVER_ADDITIONAL_ERL_ARGS', 'CTL_ERL_ARGS'];

/** Whether a host's broker is told to speak TLS to its peers by a line of ours. */
export const readEnv = defineFact({
  name: 'whether its nodes talk over TLS',
  script: sh`if grep -q ${`^SERVER_ADDITIONAL_ERL_ARGS=.*${INTER_NODE}`} ${ENV} 2>/dev/null; then echo yes; fi`,
  parse: ({ stdout }) => stdout === 'yes',
});

/** The lines that have broker and tools speak TLS to nodes. The VM's own version of it lies where Erlang is installed. */
export function envTasks(wanted: boolean): readonly Task[] {
  return NAMES.map((name) =>
    wanted
      ? line({
          path: ENV,
          line: `${name}="-pa $(ls -d /usr/lib/erlang/lib/ssl-*/ebin | tail -n 1) -proto_dist inet_tls -ssl_dist_optfile ${INTER_NODE}"`,
          match: `^${name}=`,
        })
      : line({ path: ENV, match: `^${name}=.*${INTER_NODE}`, state: 'absent' }),
  );
}

/** Erlang's options for connections between nodes: both sides show a certificate, and look at the other's. */
export function interNodeOptions(versions: readonly string[]): string {
  const common = [
    `{cacertfile, "${TLS}/ca.pem"}`,
    `{certfile, "${TLS}/certificate.pem"}`,
    `{keyfile, "${TLS}/key.pem"}`,
    `{versions, [${versions.map((version) => `'${version}'`).join(', ')}]}`,
    '{verify, verify_peer}',
  ].join(', ');
  return `[{server, [${common}, {fail_if_no_peer_cert, true}]},\n {client, [${common}]}].\n`;
}

/** Nodes that speak TLS and nodes that don't can't see each other: a cluster changes it while all are down. */
export function refuseMixture(
  host: string,
  node: Snapshot | undefined,
  hasIt: boolean,
  wanted: boolean,
): void {
  const others = (node?.live?.up ?? []).filter((name) => name !== node?.node);
  if (hasIt === wanted || others.length === 0) return;
  throw new PlayError({
    kind: 'failed',
    what: `TLS between nodes can't be turned ${wanted ? 'on' : 'off'} while the cluster runs`,
    why: `a restarted node could not talk to those that are not restarted yet: ${others.join(', ')}`,
    next: 'stop the brokers of all nodes, run this again, and start them together',
    where: { host },
  });
}
