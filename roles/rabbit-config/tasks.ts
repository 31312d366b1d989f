import { directory, file, type Handler, sh, type Task } from '../../lib/index.ts';
import type { Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { BROKER_SERVICE, ctl, evaluate } from '../domain/rabbitmq/scripts/commands.ts';
import type { Vars } from '../domain/rabbitmq/settings/config.ts';
import { accepted } from './accepted.ts';
import { conf } from './conf.ts';
import { envTasks, interNodeOptions } from './inter-node.ts';
import { partitionFiles, partitionsRunning } from './partition-tasks.ts';
import type { PartitionPlan } from './partitions.ts';
import { CONF, ENV, FOLDER, INTER_NODE, TLS } from './paths.ts';
import { restarted } from './restarted.ts';

const OWNED = { owner: 'root', group: 'rabbitmq' } as const;

/** What Erlang remembers of certificates and keys: a new one is read without a restart. */
const forgetCertificates: Handler = {
  name: 'have the broker read its certificates again',
  // One whose nodes talk over TLS may let nobody in until it has read the new one, which it does by itself every two minutes.
  script: sh`n=0
while systemctl is-active -q ${BROKER_SERVICE}; do
  if ${evaluate('ssl:clear_pem_cache().')} >/dev/null || ${ctl('eval', 'ssl:clear_pem_cache().')} >/dev/null; then break; fi
  n=$((n + 1))
  if [ "$n" -ge 30 ]; then exit 1; fi
  sleep 4
done`,
};

/** One host's files, and the restart that they need. */
export function configTasks(
  own: Vars,
  nodes: readonly string[],
  node: Snapshot | undefined,
  hasInterNode: boolean,
  partitions: PartitionPlan,
): readonly Task[] {
  const interNode = own.rabbit_config_tls_inter_node;
  return [
    directory({ path: FOLDER }),
    ...tlsTasks(own),
    file({ path: CONF, content: conf(own, nodes), ...OWNED, mode: '0640', validate: accepted, backup: true }),
    ...(interNode
      ? [
          file({
            path: INTER_NODE,
            content: interNodeOptions(own.rabbit_config_tls_versions),
            ...OWNED,
            mode: '0640',
          }),
        ]
      : []),
    ...(interNode || hasInterNode ? envTasks(interNode) : []),
    ...partitionFiles(partitions),
    restarted({
      files: interNode || hasInterNode ? [CONF, INTER_NODE, ENV] : [CONF],
      nodes: node?.live?.up?.length ?? 1,
    }),
    ...partitionsRunning(partitions),
  ];
}

function tlsTasks(own: Vars): readonly Task[] {
  const {
    rabbit_config_tls_certificate: certificate,
    rabbit_config_tls_key: key,
    rabbit_config_tls_ca: ca,
  } = own;
  if (certificate === undefined || key === undefined) return [];
  const notify = { notify: forgetCertificates };
  return [
    directory({ path: TLS, ...OWNED, mode: '0750' }),
    ...(ca === undefined
      ? []
      : [file({ path: `${TLS}/ca.pem`, source: ca, ...OWNED, mode: '0640' }, notify)]),
    // The key before its certificate: a broker that starts in between would find two that don't fit either way.
    file({ path: `${TLS}/key.pem`, source: key, secret: true, ...OWNED, mode: '0640' }, notify),
    file({ path: `${TLS}/certificate.pem`, source: certificate, ...OWNED, mode: '0640' }, notify),
  ];
}
