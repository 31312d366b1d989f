import { type Change, defineTask, lines, type Script, type TaskType } from '../../lib/index.ts';
import { askBroker, isRunning, type Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { type Classified, classify } from '../domain/rabbitmq/rules/classify.ts';
import type { FounderView } from '../domain/rabbitmq/rules/founding-node.ts';
import { underLock } from '../domain/rabbitmq/scripts/commands.ts';
import { changeType, join, type NodeType, startMember } from './join.ts';
import { remediesFor } from './remedies.ts';

export interface MemberWant {
  /** The cluster to belong to, by the node that stands for it, as it was when asked. */
  readonly seed: FounderView;
  readonly nodeType: NodeType;
  /** The user has named this host as one whose data may be destroyed. */
  readonly allowDataLoss: boolean;
  /** Users that every cluster of ours has, which are no data. */
  readonly harmlessUsers: readonly string[];
  /** The host's name in the inventory, for messages. */
  readonly host: string;
  /** Check mode: if it is down, an earlier task would have started it. */
  readonly started: boolean;
}

/** A broker that is a running member of the seed's cluster, of the wanted type. */
export const memberType: TaskType<MemberWant, Snapshot> = {
  name: 'rabbit-member',
  title: ({ seed }) => `member of the cluster of ${seed.node}`,
  claims: ({ seed, nodeType }) => ({ 'rabbitmq membership': `${seed.node} ${nodeType}` }),
  fact: () => askBroker,
  diff,
  apply: (want, _changes, state) => lines(underLock, apply(want, state)),
};

export const member = defineTask(memberType);

function diff(state: Snapshot, want: MemberWant): readonly Change[] {
  const { standing, reason } = classify(state, want.seed, want.harmlessUsers);
  const isSeed = state.node === want.seed.node;
  if (standing === 'foreign') throw foreign(state, reason);
  if (standing === 'member') return typeChange(state, want);
  if (isSeed || standing === 'half-joined') {
    if (standing !== 'half-joined' && want.nodeType === 'ram') throw withoutDisc(want);
    if (isRunning(state)) return [];
    const start = want.started ? [] : [{ what: 'broker', from: reason, to: 'running' }];
    return state.live && !isSeed ? [...start, ...typeChange(state, want)] : start;
  }
  if (destroys(state, standing) && !want.allowDataLoss) throw refused(want, reason);
  return [{ what: 'membership', from: reason, to: `${want.seed.node} as ${want.nodeType}` }];
}

function typeChange(state: Snapshot, { nodeType }: MemberWant): readonly Change[] {
  const current: NodeType = state.live?.ram.includes(state.node) ? 'ram' : 'disc';
  return current === nodeType ? [] : [{ what: 'node type', from: current, to: nodeType }];
}

/** Whether joining would destroy something: live data, or queues on the disk of one that the others disown. */
function destroys(state: Snapshot, standing: Classified['standing']): boolean {
  return standing === 'data' || (standing === 'disowned' && state.disk.stored > 0);
}

function apply(want: MemberWant, state: Snapshot): Script {
  const { standing, reason } = classify(state, want.seed, want.harmlessUsers);
  if (standing === 'member') return changeType(want.nodeType);
  if (state.node === want.seed.node || standing === 'half-joined') return startMember(want.nodeType);
  if (standing === 'untold' && !want.allowDataLoss) throw refused(want, `nobody can tell: ${reason}`);
  return join(want.seed, want.nodeType, state, standing === 'disowned');
}

function refused({ host, seed }: MemberWant, reason: string): Error {
  // A cluster that has members joins nobody.
  const seeds = (seed.members?.length ?? 1) > 1 ? [] : [host];
  return new Error(
    `${host} holds data that joining would destroy (${reason}); ${remediesFor(seeds, [host]).join('; ')}`,
  );
}

function foreign({ node }: Snapshot, reason: string): Error {
  return new Error(
    `${node} is a member of another cluster (${reason}); if it is to leave that one, which destroys what it alone holds, run on this host, while the others are up: rabbitmqctl stop_app && rabbitmqctl reset && rabbitmqctl start_app`,
  );
}

function withoutDisc({ host }: MemberWant): Error {
  return new Error(
    `${host} is to be a ram node and is a cluster of its own: a disc node has to be there first, so make it disc or bring one of the disc nodes up`,
  );
}
