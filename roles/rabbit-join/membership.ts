import { type Change, defineTask, lines, type Script, sh, type TaskType } from '../../lib/index.ts';
import { BROKER_HOME, BROKER_SERVICE, ctl, setNode } from '../support/rabbitmq/commands.ts';
import { isRunning, parseSnapshot, type Snapshot, snapshotScript } from '../support/rabbitmq/snapshot.ts';
import { type Classified, classify, type SeedView } from './classify.ts';

export type NodeType = 'disc' | 'ram';

export interface MemberWant {
  /** The cluster to belong to, by the node that stands for it, as it was when asked. */
  readonly seed: SeedView;
  readonly nodeType: NodeType;
  /** The user has named this host as one whose data may be destroyed. */
  readonly allowDataLoss: boolean;
  /** Users that every cluster of ours has, which are no data. */
  readonly harmlessUsers: readonly string[];
  /** The host's name in the inventory, for messages. */
  readonly host: string;
}

/** A broker that is a running member of the seed's cluster, of the wanted type. */
export const memberType: TaskType<MemberWant, Snapshot> = {
  name: 'rabbit-member',
  title: ({ seed }) => `member of the cluster of ${seed.node}`,
  claims: ({ seed, nodeType }) => ({ 'rabbitmq membership': `${seed.node} ${nodeType}` }),
  probe: () => snapshotScript,
  parse: parseSnapshot,
  diff,
  apply: (want, _changes, state) => apply(want, state),
};

export const member = defineTask(memberType);

function diff(state: Snapshot, want: MemberWant): readonly Change[] {
  const { standing, reason } = classify(state, want.seed, want.harmlessUsers);
  const isSeed = state.node === want.seed.node;
  if (standing === 'foreign') throw foreign(state, reason);
  if (isSeed) {
    return isRunning(state) ? typeChange(state, want) : [{ what: 'broker', from: reason, to: 'running' }];
  }
  if (standing === 'member') return typeChange(state, want);
  if (destroys(state, { standing, reason }, want) && !want.allowDataLoss) throw refused(want, reason);
  if (standing === 'half-joined' && seedAgrees(state, want))
    return [{ what: 'broker', from: reason, to: 'running' }];
  return [{ what: 'membership', from: reason, to: `${want.seed.node} as ${want.nodeType}` }];
}

function typeChange(state: Snapshot, { nodeType }: MemberWant): readonly Change[] {
  const current: NodeType = state.live?.ram.includes(state.node) ? 'ram' : 'disc';
  return current === nodeType ? [] : [{ what: 'node type', from: current, to: nodeType }];
}

/** Whether joining would destroy something: live data, or queues on the disk of one that the others disown. */
function destroys(state: Snapshot, { standing }: Classified, want: MemberWant): boolean {
  return (
    standing === 'data' || (standing === 'half-joined' && !seedAgrees(state, want) && state.disk.stored > 0)
  );
}

/** The seed counts the node, and the node counts the seed: nothing but running is missing. */
function seedAgrees(state: Snapshot, { seed }: MemberWant): boolean {
  const members = state.live?.members ?? state.disk.members;
  return members.includes(seed.node) && (seed.members === undefined || seed.members.includes(state.node));
}

function apply(want: MemberWant, state: Snapshot): Script {
  const { standing } = classify(state, want.seed, want.harmlessUsers);
  const isSeed = state.node === want.seed.node;
  if (isRunning(state) && (isSeed || standing === 'member')) return changeType(want.nodeType);
  if (isSeed || (standing === 'half-joined' && seedAgrees(state, want))) return startApp;
  return join(want, state);
}

/** A VM that is down is started by its unit; one that is up has its application started. */
const startApp: Script = lines(
  sh`if systemctl is-active -q ${BROKER_SERVICE}; then
  ${ctl('start_app')}
else
  systemctl start ${BROKER_SERVICE}
fi`,
  ctl('await_startup', '--timeout', '120'),
);

function changeType(nodeType: NodeType): Script {
  return lines(ctl('stop_app'), ctl('change_cluster_node_type', nodeType), ctl('start_app'));
}

function join(want: MemberWant, state: Snapshot): Script {
  const disowned =
    state.disk.members.includes(want.seed.node) && !(want.seed.members ?? []).includes(state.node);
  const stale = want.seed.members?.includes(state.node) ?? false;
  const type = want.nodeType === 'ram' ? ['--ram'] : [];
  return lines(
    reachable(want.seed.node),
    want.seed.members === undefined && ctl('-n', want.seed.node, 'await_startup', '--timeout', '120'),
    // A node that the others have forgotten can't start; what it believes is put aside, not deleted.
    disowned && putAside,
    sh`systemctl is-active -q ${BROKER_SERVICE} || systemctl start ${BROKER_SERVICE}`,
    ctl('stop_app'),
    // The cluster still counts a node of this name that lost its disk; it has to forget it before it can come again.
    stale && ctl('-n', want.seed.node, 'forget_cluster_node', state.node),
    resetsItself(state) ? undefined : ctl('reset'),
    ctl('join_cluster', ...type, want.seed.node),
    ctl('start_app'),
  );
}

/** Up to 3.10 `join_cluster` resets the node by itself; asking for it again would cost a second. */
function resetsItself({ live }: Snapshot): boolean {
  return /^3\.([89]|10)\./.test(live?.version ?? '');
}

/** The ports of Erlang's distribution, looked at before anything is stopped: a join would hang on a closed one. */
function reachable(seed: string): Script {
  const host = seed.slice(seed.indexOf('@') + 1);
  return sh`if command -v bash >/dev/null; then
  for port in 4369 25672; do
    timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' ${host} "$port" 2>/dev/null || {
      echo "port $port of ${sh`${host}`} can't be reached from here: open 4369, 25672 and 35672-35682 between the nodes" >&2
      exit 1
    }
  done
fi`;
}

const putAside: Script = sh`${setNode}
systemctl stop ${BROKER_SERVICE}
aside=${BROKER_HOME}/put-aside-$(date +%Y%m%d-%H%M%S)
mkdir -p "$aside"
for f in ${BROKER_HOME}/mnesia/"$node" ${BROKER_HOME}/mnesia/"$node"-feature_flags; do
  if [ -e "$f" ]; then mv "$f" "$aside"/; fi
done`;

function refused({ host }: MemberWant, reason: string): Error {
  return new Error(
    `${host} holds data that joining would destroy (${reason}); to let it be destroyed, name it: -e '{"rabbit_allow_data_loss": ["${host}"]}'`,
  );
}

function foreign({ node }: Snapshot, reason: string): Error {
  return new Error(
    `${node} is a member of another cluster (${reason}); if it is to leave that one, on another member of it run: rabbitmqctl forget_cluster_node ${node}, and on this host: rabbitmqctl stop_app && rabbitmqctl reset && rabbitmqctl start_app`,
  );
}
