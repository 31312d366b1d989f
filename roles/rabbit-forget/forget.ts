import { type Change, defineTask, lines, sh, type TaskType } from '../../lib/index.ts';
import { alone, ctl, tool } from '../support/rabbitmq/commands.ts';
import { askEvidence, type Evidence, FORGOTTEN_FOLDER, parseEvidence } from '../support/rabbitmq/evidence.ts';
import { askHealth, type Health, type QueueHealth } from '../support/rabbitmq/health.ts';

/** Which node is to be no member any more. */
export interface ForgetWant {
  /** As in `rabbit@hadoop003`. */
  readonly node: string;
}

/** A running node's cluster without another, which is down: no member, and no member of a quorum queue or a stream. */
export const forgottenType: TaskType<ForgetWant, Health | undefined> = {
  name: 'rabbit-forgotten',
  title: ({ node }) => `forget ${node}`,
  probe: () => askHealth.script,
  parse: askHealth.parse,
  diff(health, { node }): readonly Change[] {
    if (health === undefined) throw new Error('the broker does not answer');
    if (health.up.includes(node))
      throw new Error(`${node} runs: a node that runs is not forgotten, it leaves`);
    const replicas = replicasOn(health, node).length;
    return [
      ...(health.members.includes(node) ? [{ what: 'membership', from: node, to: 'none' }] : []),
      ...(replicas > 0 ? [{ what: 'queue members', from: String(replicas), to: '0' }] : []),
    ];
  },
  apply: ({ node }, changes) =>
    lines(
      alone,
      // First, while the cluster knows the node: once it is no member nobody shrinks by its name.
      changes.some(({ what }) => what === 'queue members') && tool('rabbitmq-queues', '-q', 'shrink', node),
      changes.some(({ what }) => what === 'membership') && ctl('forget_cluster_node', node),
    ),
};

/** A stopped node's cluster without another: it then starts by itself, and the others follow it. */
export const forgottenOfflineType: TaskType<ForgetWant, Evidence> = {
  name: 'rabbit-forgotten-offline',
  title: ({ node }) => `forget ${node}, offline`,
  probe: () => askEvidence.script,
  parse: parseEvidence,
  diff: ({ members }, { node }) =>
    members.includes(node) ? [{ what: 'membership', from: node, to: 'none' }] : [],
  apply: ({ node }) =>
    lines(
      alone,
      sh`if ! said=$(${ctl('forget_cluster_node', '--offline', node)} 2>&1); then
  case $said in
    *not_a_cluster_node* | *'not in the cluster'*) ;;
    *) printf '%s\n' "$said" >&2; exit 1 ;;
  esac
fi`,
      sh`mkdir -p ${FORGOTTEN_FOLDER}`,
      sh`: >${`${FORGOTTEN_FOLDER}/${node}`}`,
    ),
};

export const forgotten = defineTask(forgottenType);
export const forgottenOffline = defineTask(forgottenOfflineType);

/** Quorum queues and streams that count a node among their members. */
export function replicasOn({ queues }: Health, node: string): readonly QueueHealth[] {
  return (queues ?? []).filter(({ type, members }) => type !== 'classic' && members.includes(node));
}
