import { join } from 'node:path';
import { action, directory, type Layout, type NoVars, secret, sh, until } from '../../../lib/index.ts';
import { ctl } from '../../domain/rabbitmq/scripts/commands.ts';
import type { ClientSpec } from '../client/spec.ts';
import type { ClusterState } from '../cluster-state.ts';
import { undoFaults, watch } from '../fault.ts';
import type { RunParams } from '../params.ts';
import { CONTROL_VHOST } from '../queues.ts';
import { CLIENT, entering, labOf } from '../site.ts';
import { recoveredWithin } from './recovery.ts';
import { type Context, type Run, runningBroker, runOf, underWay } from './run.ts';

/** Seconds the clients live at most, beyond a fault and its settling. */
const SPARE_SECONDS = 900;
/** Seconds that clients work undisturbed before the fault. */
const STEADY = 3;
/** Seconds that the cluster is given to be whole before a run. */
const CALM_SECONDS = 120;

/** Puts right what an earlier run left. */
export function cleanUp(context: Context, params: RunParams): Layout<NoVars> {
  const { work, hosts } = runOf(context, params);
  return () => [
    action({ title: 'end the clients that a run left', run: sh`${process.execPath} ${CLIENT} kill ${work}` }),
    action({ title: 'forget an earlier run', run: sh`rm -rf ${work} ${`${work}.json`}` }),
    ...hosts.map(({ name }) => action({ title: 'undo what a run left', run: undoFaults }, { on: name })),
  ];
}

/** Starts the clients and the watch over the address, once the cluster is whole. */
export async function begin(context: Context, params: RunParams): Promise<Layout<NoVars>> {
  const run = runOf(context, params);
  const { own, work, scenario, seconds, brokers, proxies, front } = run;
  const state = context.check ? undefined : await calmed(context, run);
  if (state === undefined && !context.check) return () => [];
  const first = runningBroker(state, brokers);
  const atMost = seconds + 3 * own.settle_seconds + SPARE_SECONDS;
  const spec: ClientSpec = {
    hostname: front.vip,
    port: front.port,
    username: front.user,
    password: front.password.reveal(),
    run: `${run.name}-${Date.now().toString(36)}`,
    queues: state === undefined ? [] : run.queues(state),
    publishers: own.publishers,
    rate: own.rate,
    atMost,
  };
  const input = secret(JSON.stringify(spec));
  const lab = labOf(run.hosts);
  return () => [
    directory({ path: work }),
    ...(scenario.name === 'control' && first !== undefined
      ? [
          action(
            { title: `make the vhost ${CONTROL_VHOST}`, run: controlVhost(front.user) },
            { on: first.name },
          ),
        ]
      : []),
    ...proxies.map(({ name }) =>
      action({ title: `watch ${front.vip}`, run: watch(front.vip, atMost) }, { on: name }),
    ),
    action({
      title: 'start the clients',
      run: sh`printf %s ${input} | ${process.execPath} ${CLIENT} start ${work} ${entering(lab)}`,
    }),
  ];
}

/**
 * Waits for a whole cluster: a fault on top of another would say nothing about either. The run is left out when there
 * is none, and the verdict says so.
 */
async function calmed(context: Context, run: Run): Promise<ClusterState | undefined> {
  const { at, reasons, state } = await recoveredWithin(run, CALM_SECONDS);
  if (at !== null) return state;
  context.warn(`${run.name} is left out, for the cluster is not whole: ${reasons.join('; ')}`);
  return undefined;
}

function controlVhost(user: string) {
  return sh`if ! ${ctl('list_vhosts')} | grep -qx ${CONTROL_VHOST}; then ${ctl('add_vhost', CONTROL_VHOST)}; fi
${ctl('set_permissions', '-p', CONTROL_VHOST, user, '.*', '.*', '.*')}`;
}

/** Waits until all clients are at work. */
export async function warmUp(context: Context, params: RunParams): Promise<Layout<NoVars>> {
  const run = await underWay(context, params);
  if (run === undefined) return () => [];
  const { work } = run;
  return () => [
    until({
      that: 'every publisher has its confirms',
      probe: sh`cat ${join(work, 'ready')} && echo ready; tail -n 3 ${join(work, 'log')}`,
      holds: ({ stdout }) => (/^ready$/m.test(stdout) ? true : stdout || 'not yet'),
      within: 60,
      next: `see ${join(work, 'log')}`,
    }),
    action({ title: `work undisturbed for ${STEADY} s`, run: sh`sleep ${STEADY}` }),
  ];
}
