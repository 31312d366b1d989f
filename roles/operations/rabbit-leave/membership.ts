import { defineTask, lines, sh, type TaskType } from '../../../lib/index.ts';
import { askBroker, isRunning, knownMembers, type Snapshot } from '../../domain/rabbitmq/facts/snapshot.ts';
import { ctl, underLock } from '../../domain/rabbitmq/scripts/commands.ts';
import { putAside } from '../../domain/rabbitmq/scripts/data-folder.ts';
import type { NodeWant } from '../../domain/rabbitmq/tasks/forgotten.ts';

/** The broker's application does not run; its VM may. */
export const appStoppedType: TaskType<NodeWant, Snapshot> = {
  name: 'rabbit-app-stopped',
  title: ({ node }) => `application of ${node} stopped`,
  claims: () => ({ 'rabbitmq application': 'stopped' }),
  fact: () => askBroker,
  diff: (state) => (isRunning(state) ? [{ what: 'application', from: 'running', to: 'stopped' }] : []),
  apply: () => lines(underLock, ctl('stop_app')),
};

export const appStopped = defineTask(appStoppedType);

/**
 * The node remembers no cluster, and holds nothing. What a broker can't reset by itself, since it would not start any
 * more, is put aside and not deleted.
 */
export const resetType: TaskType<NodeWant, Snapshot> = {
  name: 'rabbit-reset',
  title: ({ node }) => `${node} reset`,
  claims: () => ({ 'rabbitmq data': 'none' }),
  fact: () => askBroker,
  diff(state) {
    const others = knownMembers(state).filter((name) => name !== state.node);
    return others.length === 0
      ? []
      : [{ what: 'data', from: `of a member with ${others.join(', ')}`, to: 'none' }];
  },
  apply: (_want, _changes, { live }) =>
    lines(
      underLock,
      // The others have forgotten it already: a reset that has to tell them may fail.
      live === undefined
        ? putAside
        : sh`${ctl('reset')} 2>/dev/null || ${ctl('force_reset')} || {
${putAside}
}`,
    ),
};

export const reset = defineTask(resetType);
