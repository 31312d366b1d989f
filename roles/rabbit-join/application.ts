import { defineTask, lines, type TaskType } from '../../lib/index.ts';
import { askBroker, isRunning, type Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { BROKER_HOME, BROKER_SERVICE, ctl, underLock } from '../domain/rabbitmq/scripts/commands.ts';
import { startApplication } from '../domain/rabbitmq/scripts/start-application.ts';

export interface ApplicationWant {
  /** Check mode: a broker that doesn't answer may be one that an earlier change would have brought back. */
  readonly predicting: boolean;
}

/** The broker's application runs in its VM: what `rabbitmqctl stop_app` ends and a join that died leaves ended. */
export const applicationType: TaskType<ApplicationWant, Snapshot> = {
  name: 'rabbit-application',
  title: () => 'broker application running',
  claims: () => ({ 'rabbitmq application': 'running' }),
  fact: () => askBroker,
  diff(state, { predicting }) {
    if (isRunning(state)) return [];
    if (state.live) return [{ what: 'application', from: 'stopped', to: 'running' }];
    if (predicting) return [];
    throw new Error(
      `${state.node} does not answer, though its unit is ${state.unit}: if it was started with another cookie than the one in ${BROKER_HOME}/.erlang.cookie, run on every host that says so, without waiting for one before the next: systemctl restart --no-block ${BROKER_SERVICE}`,
    );
  },
  apply: () => lines(underLock, startApplication(), ctl('await_startup', '--timeout', '120')),
};

export const application = defineTask(applicationType);
