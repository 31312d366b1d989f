import { defineTask, lines, sh, type TaskType } from '../../../lib/index.ts';
import { askEvidence, type Evidence, FORGOTTEN_FOLDER } from '../../domain/rabbitmq/facts/evidence.ts';
import { ctl, underLock } from '../../domain/rabbitmq/scripts/commands.ts';
import type { NodeWant } from '../../domain/rabbitmq/tasks/forgotten.ts';

/** A stopped node's cluster without another: it then starts by itself, and the others follow it. */
export const forgottenOfflineType: TaskType<NodeWant, Evidence> = {
  name: 'rabbit-forgotten-offline',
  title: ({ node }) => `forget ${node}, offline`,
  fact: () => askEvidence,
  diff: ({ members }, { node }) =>
    members.includes(node) ? [{ what: 'membership', from: node, to: 'none' }] : [],
  apply: ({ node }) =>
    lines(
      underLock,
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

export const forgottenOffline = defineTask(forgottenOfflineType);
