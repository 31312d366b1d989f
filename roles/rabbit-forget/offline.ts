import { defineTask, lines, sh, type TaskType } from '../../lib/index.ts';
import { alone, ctl } from '../domain/rabbitmq/commands.ts';
import { askEvidence, type Evidence, FORGOTTEN_FOLDER } from '../domain/rabbitmq/evidence.ts';
import type { NodeWant } from '../domain/rabbitmq/forgotten.ts';

/** A stopped node's cluster without another: it then starts by itself, and the others follow it. */
export const forgottenOfflineType: TaskType<NodeWant, Evidence> = {
  name: 'rabbit-forgotten-offline',
  title: ({ node }) => `forget ${node}, offline`,
  fact: () => askEvidence,
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

export const forgottenOffline = defineTask(forgottenOfflineType);
