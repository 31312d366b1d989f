import { defineOperation, type NoVars, type StepContext, service, type Task } from '../../../lib/index.ts';
import type { Health } from '../../domain/rabbitmq/facts/health.ts';
import { isRunning } from '../../domain/rabbitmq/facts/snapshot.ts';
import { BROKER_SERVICE } from '../../domain/rabbitmq/scripts/commands.ts';
import { hasMaintenance } from '../../domain/rabbitmq/scripts/maintenance.ts';
import { brokerStopped } from '../../domain/rabbitmq/tasks/broker-stopped.ts';
import { forgotten } from '../../domain/rabbitmq/tasks/forgotten.ts';
import { maintenance } from '../../domain/rabbitmq/tasks/maintenance.ts';
import { withoutMembers } from '../../domain/rabbitmq/tasks/without-members.ts';
import { refuseAmong } from '../support/leaving.ts';
import { lookAtLeaver } from './gates.ts';
import { isOurs, type Leaver } from './leaver.ts';
import { membersKept, membersReady } from './members-kept.ts';
import { appStopped, reset } from './membership.ts';
import { params } from './params.ts';

export { serverDrained } from '../../domain/haproxy/tasks/server-drained.ts';
export { inventoryPlay } from '../support/inventory-play.ts';
export { mayLeave } from './gates.ts';
export { queueTable } from './queue-table.ts';

/** A node leaves its cluster, alive or dead. Played on the brokers that stay. */
export const rabbitLeave = defineOperation({
  name: 'rabbit-leave',
  description: 'Takes a node, alive or dead, out of its cluster, through the nodes that stay.',
  params,
  validate: ({ node }, _hosts, { playHosts }) => refuseAmong(playHosts, node),
  steps: ({ node }) => [
    async (context) => {
      const look = await lookAtLeaver(context, node);
      if (look === undefined) return nobodyAnswers(context);
      const { leaver, views } = look;
      const cluster = [...views.values()][0]?.members ?? [];
      warnOf(leaver, cluster, context);
      const tasks = tasksFor(leaver, cluster, context.check ? [] : stayingOf(leaver, views));
      const actor = context.hosts.find(({ name }) => views.has(name))?.name;
      return ({ name }) => (name === actor ? tasks : []);
    },
  ],
});

/** Everything in order: each task's own look says whether it was done by a run before. */
function tasksFor(leaver: Leaver, cluster: readonly string[], waitedFor: readonly string[]): readonly Task[] {
  const { host, node, member, snapshot } = leaver;
  if (node === undefined) return [];
  const on = { on: host };
  const ours = isOurs(leaver, cluster);
  const runs = ours && snapshot !== undefined && isRunning(snapshot);
  return [
    ...(member ? [membersKept({ node }), ...waitedFor.map(membersReady)] : []),
    ...(runs && hasMaintenance(snapshot.live?.version) ? [maintenance({ node }, on)] : []),
    ...(member ? [withoutMembers({ node })] : []),
    ...(runs ? [appStopped({ node }, on)] : []),
    forgotten({ node }),
    ...(ours
      ? [
          reset({ node }, on),
          brokerStopped({ node }, on),
          service({ name: BROKER_SERVICE, enabled: false }, on),
        ]
      : []),
  ];
}

/** Nodes that may have been given members in place of the leaver's, by this run or one that was killed. */
function stayingOf({ node }: Leaver, views: ReadonlyMap<string, Health>): readonly string[] {
  const [view] = views.values();
  if (node === undefined) return [];
  const holds = view?.queues?.some(({ type, members }) => type !== 'classic' && members.includes(node));
  return holds ? (view?.up.filter((name) => name !== node) ?? []) : [];
}

function nobodyAnswers({ check }: StepContext<NoVars>) {
  if (check) return () => [];
  throw new Error('no broker that stays answers, so that none can forget the one that leaves');
}

function warnOf(leaver: Leaver, cluster: readonly string[], { warn }: StepContext<NoVars>): void {
  const { host, snapshot } = leaver;
  if (snapshot === undefined) {
    warn(
      `${host} can't be reached: when it is back, run this again, so that its broker is stopped and its data reset`,
    );
  } else if (!isOurs(leaver, cluster)) {
    warn(`${host} runs a broker of its own, which is left alone`);
  }
}
