import { join } from 'node:path';
import { type HostView, type NoVars, PlayError, type StepContext, sh } from '../../../lib/index.ts';
import type { QueueSpec } from '../client/spec.ts';
import { askClusterState, type ClusterState } from '../cluster-state.ts';
import { runName } from '../ledger/record.ts';
import type { RunParams } from '../params.ts';
import { queuesFor } from '../queues.ts';
import { type Scenario, scenarioNamed } from '../scenarios.ts';
import { type Front, frontOf } from '../site.ts';

export type Context = StepContext<NoVars>;

/** What all steps of a run know. */
export interface Run {
  readonly own: RunParams;
  readonly scenario: Scenario;
  readonly name: string;
  /** The clients' folder, which has the run's notes too. */
  readonly work: string;
  readonly controller: HostView;
  readonly brokers: readonly HostView[];
  readonly proxies: readonly HostView[];
  /** Brokers and proxies, each once. */
  readonly hosts: readonly HostView[];
  readonly front: Front;
  /** How long the fault lasts. */
  readonly seconds: number;
  state(): Promise<ClusterState>;
  queues(state: ClusterState): readonly QueueSpec[];
}

export function runOf(context: Context, own: RunParams): Run {
  const [controller] = context.hosts;
  if (controller === undefined) throw new PlayError({ kind: 'failed', what: 'there is no controller' });
  const scenario = scenarioNamed(own.scenario);
  const name = runName({ scenario: scenario.name, run: own.run });
  const brokers = context.group(own.brokers);
  const proxies = context.group(own.proxies);
  const front = frontOf(own, brokers, proxies);
  return {
    own,
    scenario,
    name,
    work: join(own.ledger, 'runs', name),
    controller,
    brokers,
    proxies,
    hosts: [...new Map([...brokers, ...proxies].map((host) => [host.name, host])).values()],
    front,
    seconds: scenario.partition ? own.partition_seconds : own.seconds,
    state: () => askClusterState(context, brokers, proxies, front.vip),
    queues(state) {
      const [view] = [...state.health.values()];
      return queuesFor({
        vhost: own.vhost,
        mirrors: Number.parseInt(view?.version ?? '0', 10) < 4,
        control: scenario.name === 'control',
      });
    },
  };
}

/** The run, once its clients have been started; check mode starts none. */
export async function underWay(context: Context, params: RunParams): Promise<Run | undefined> {
  if (context.check) return undefined;
  const run = runOf(context, params);
  const answers = await context.query([run.controller], {
    name: 'whether the clients were started',
    fresh: true,
    script: sh`[ -e ${join(run.work, 'pid')} ] && echo yes`,
    parse: ({ stdout }) => stdout === 'yes',
  });
  return answers.get(run.controller.name) ? run : undefined;
}

/** A host whose broker runs. */
export function runningBroker(
  state: ClusterState | undefined,
  brokers: readonly HostView[],
): HostView | undefined {
  return brokers.find(({ name }) => state?.health.get(name)?.running) ?? brokers[0];
}
