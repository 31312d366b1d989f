import { defineTask, lines, type Reply, sh, type TaskType } from '../../lib/index.ts';
import { putAside } from '../rabbit-join/join.ts';
import { alone, ctl } from '../support/rabbitmq/commands.ts';
import { askHealth, type Health } from '../support/rabbitmq/health.ts';
import { repeated } from '../support/rabbitmq/repeated.ts';
import { knownMembers } from '../support/rabbitmq/seed.ts';
import { isRunning, parseSnapshot, type Snapshot, snapshotScript } from '../support/rabbitmq/snapshot.ts';

export interface NodeWant {
  /** As in `rabbit@hadoop003`. */
  readonly node: string;
}

/** The broker's application does not run; its VM may. */
export const appStoppedType: TaskType<NodeWant, Snapshot> = {
  name: 'rabbit-app-stopped',
  title: ({ node }) => `application of ${node} stopped`,
  claims: () => ({ 'rabbitmq application': 'stopped' }),
  probe: () => snapshotScript,
  parse: parseSnapshot,
  diff: (state) => (isRunning(state) ? [{ what: 'application', from: 'running', to: 'stopped' }] : []),
  apply: () => lines(alone, ctl('stop_app')),
};

export const appStopped = defineTask(appStoppedType);

/** The node that is asked does not count this one to its cluster. */
export const forgottenType: TaskType<NodeWant, Health> = {
  name: 'rabbit-forgotten',
  title: ({ node }) => `${node} forgotten by the cluster`,
  claims: ({ node }) => ({ [`rabbitmq member ${node}`]: 'absent' }),
  probe: () => askHealth.script,
  parse(reply: Reply) {
    const health = askHealth.parse(reply);
    if (health === undefined) throw new Error('the broker did not say who belongs to its cluster');
    return health;
  },
  diff: ({ members }, { node }) =>
    members.includes(node) ? [{ what: 'membership', from: `one of ${members.length}`, to: 'none' }] : [],
  // A node that was stopped a moment ago may still count as one that runs.
  apply: ({ node }) => lines(alone, repeated(ctl('forget_cluster_node', node))),
};

export const forgotten = defineTask(forgottenType);

/**
 * The node remembers no cluster, and holds nothing. What a broker can't reset by itself, since it would not start any
 * more, is put aside and not deleted.
 */
export const resetType: TaskType<NodeWant, Snapshot> = {
  name: 'rabbit-reset',
  title: ({ node }) => `${node} reset`,
  claims: () => ({ 'rabbitmq data': 'none' }),
  probe: () => snapshotScript,
  parse: parseSnapshot,
  diff(state) {
    const others = knownMembers(state).filter((name) => name !== state.node);
    return others.length === 0
      ? []
      : [{ what: 'data', from: `of a member with ${others.join(', ')}`, to: 'none' }];
  },
  apply: (_want, _changes, { live }) =>
    lines(
      alone,
      // The others have forgotten it already, so that there may be nobody to tell.
      live === undefined
        ? putAside
        : sh`${ctl('reset')} 2>/dev/null || ${ctl('force_reset')} || {
${putAside}
}`,
    ),
};

export const reset = defineTask(resetType);
