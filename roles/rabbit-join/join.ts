import { lines, type Script, sh } from '../../lib/index.ts';
import { hostOfNode } from '../domain/rabbitmq/facts/node-names.ts';
import type { Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import type { FounderView } from '../domain/rabbitmq/rules/founding-node.ts';
import { BROKER_SERVICE, ctl } from '../domain/rabbitmq/scripts/commands.ts';
import { putAside } from '../domain/rabbitmq/scripts/data-folder.ts';
import { startApplication } from '../domain/rabbitmq/scripts/start-application.ts';

export type NodeType = 'disc' | 'ram';

/** Starts a member: a VM that is down by its unit, one that is up has its application started. */
export function startMember(nodeType: NodeType): Script {
  return lines(
    sh`if systemctl is-active -q ${BROKER_SERVICE}; then
  ${startApplication()}
else
  systemctl start ${BROKER_SERVICE}
fi`,
    ctl('await_startup', '--timeout', '120'),
    // Of which type a node is can't be asked while it is down.
    sh`type=$(${ctl('eval', 'rabbit_mnesia:node_type().')} 2>/dev/null | tail -n 1)
case $type in
  ${nodeType}) ;;
  disc | ram)
    ${changeType(nodeType)} ;;
esac`,
  );
}

/** Makes a disc node a ram node or the other way round. */
export function changeType(nodeType: NodeType): Script {
  return lines(ctl('stop_app'), orStartAgain(ctl('change_cluster_node_type', nodeType)), ctl('start_app'));
}

/** Makes a node of its own a member. What it holds is destroyed. */
export function join(seed: FounderView, nodeType: NodeType, state: Snapshot, disowned: boolean): Script {
  const stale = seed.members?.includes(state.node) ?? false;
  const type = nodeType === 'ram' ? ['--ram'] : [];
  return lines(
    reachable(seed.node),
    seed.members === undefined && ctl('-n', seed.node, 'await_startup', '--timeout', '120'),
    // A node that the others have forgotten can't start; what it believes is put aside, not deleted.
    disowned && putAside,
    sh`systemctl is-active -q ${BROKER_SERVICE} || systemctl start ${BROKER_SERVICE}`,
    ctl('stop_app'),
    // The cluster still counts a node of this name that lost its disk; it has to forget it before it can come again.
    stale && orStartAgain(ctl('-n', seed.node, 'forget_cluster_node', state.node)),
    !resetsItself(state) && orStartAgain(ctl('reset')),
    orStartAgain(ctl('join_cluster', ...type, seed.node)),
    ctl('start_app'),
  );
}

/** A step that fails leaves the node running as before, and not stopped. */
function orStartAgain(step: Script): Script {
  return sh`${step} || {
  ${ctl('start_app')} || true
  exit 1
}`;
}

/** Up to 3.10 `join_cluster` resets the node by itself; asking for it again would cost a second. */
function resetsItself({ live }: Snapshot): boolean {
  const version = live?.version;
  return typeof version === 'string' && /^3\.([89]|10)\./.test(version);
}

/** The ports of Erlang's distribution, looked at before anything is stopped: a join would hang on a closed one. */
function reachable(seed: string): Script {
  const host = hostOfNode(seed);
  return sh`if command -v bash >/dev/null; then
  for port in 4369 25672; do
    timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' ${host} "$port" 2>/dev/null || {
      echo "port $port of ${sh`${host}`} can't be reached from here: open 4369, 25672 and 35672-35682 between the nodes" >&2
      exit 1
    }
  done
fi`;
}
