import { defineFact, type Reply, sh } from '../../../../lib/index.ts';
import { fieldsOf } from '../../fields.ts';
import { BROKER_HOME, BROKER_SERVICE, evaluate, setNode } from '../scripts/commands.ts';
import { nodeNames } from './node-names.ts';

/** What a node's disk tells of its cluster, also while the node is stopped. */
export interface Evidence {
  readonly node: string;
  /** systemd's ActiveState of the broker's unit. */
  readonly unit: string;
  /** The broker's application runs. */
  readonly running: boolean;
  /** Node names in `cluster_nodes.config`; empty for one that was never started. */
  readonly members: readonly string[];
  readonly disc: readonly string[];
  /** `nodes_running_at_shutdown`: who ran, as far as this node knew, when it stopped itself; with itself. */
  readonly lastSeen: readonly string[];
  readonly store: 'mnesia' | 'khepri';
  /** It has been told to start without waiting for the others, by `force_boot` or by forgetting a node offline. */
  readonly forced: boolean;
}

/**
 * What a stopped node was made to forget: a file for each. The node writes its members down anew only when it starts, so
 * that one of these counts as long as it is younger than that.
 */
export const FORGOTTEN_FOLDER = '/var/lib/ts-play/rabbitmq/forgotten';

const script = sh`${setNode}
d=${BROKER_HOME}/mnesia/$node
echo "node=$node"
echo "unit=$(systemctl show -p ActiveState --value ${BROKER_SERVICE} 2>/dev/null)"
echo "running=$( ${evaluate('rabbit:is_running().')} )"
for f in cluster_nodes.config nodes_running_at_shutdown; do
  if [ -r "$d/$f" ]; then echo "$f=$(tr -d ' \n' <"$d/$f")"; fi
done
for f in ${FORGOTTEN_FOLDER}/*; do
  if [ "$f" -nt "$d/cluster_nodes.config" ]; then echo "forgotten=\${f##*/}"; fi
done
if [ -e "$d/force_load" ]; then echo forced=yes; fi
if grep -qw khepri_db "$d-feature_flags" 2>/dev/null; then echo store=khepri; fi`;

/** Asks a host for it, in a way that needs no broker. */
export const askEvidence = defineFact<Evidence>({
  name: 'what its disk tells of the cluster',
  fresh: true,
  script,
  parse: parseEvidence,
});

/** @throws Error when the host doesn't even know its node's name */
export function parseEvidence({ stdout, stderr }: Reply): Evidence {
  const fields = fieldsOf(stdout);
  const node = fields.get('node');
  if (!node?.includes('@'))
    throw new Error(`the broker's disk could not be read: ${stderr || 'no node name'}`);
  const config = fields.get('cluster_nodes.config');
  const forgotten = [...stdout.matchAll(/^forgotten=(.*)$/gm)].map(([, name]) => name);
  const kept = (names: readonly string[]) => names.filter((name) => !forgotten.includes(name));
  return {
    node,
    unit: fields.get('unit') || 'unknown',
    running: fields.get('running')?.includes('true') ?? false,
    members: kept(nodeNames(config)),
    // As in `{[all],[disc]}.`
    disc: kept(nodeNames(config?.split('],[')[1])),
    lastSeen: kept(nodeNames(fields.get('nodes_running_at_shutdown'))),
    store: fields.get('store') === 'khepri' ? 'khepri' : 'mnesia',
    forced: fields.get('forced') === 'yes',
  };
}
