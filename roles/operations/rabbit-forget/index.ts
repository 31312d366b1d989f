import { defineOperation, PlayError, service } from '../../../lib/index.ts';
import { askEvidence, type Evidence } from '../../domain/rabbitmq/facts/evidence.ts';
import { askHealth, type Health, queueTitle } from '../../domain/rabbitmq/facts/health.ts';
import { hostOfNode } from '../../domain/rabbitmq/facts/node-names.ts';
import { lastStopped, membersOf } from '../../domain/rabbitmq/rules/blocked.ts';
import { ordered } from '../../domain/rabbitmq/rules/founding-node.ts';
import { BROKER_SERVICE } from '../../domain/rabbitmq/scripts/commands.ts';
import { forgotten } from '../../domain/rabbitmq/tasks/forgotten.ts';
import { withoutMembers } from '../../domain/rabbitmq/tasks/without-members.ts';
import { forgottenOffline } from './offline.ts';
import { params } from './params.ts';

/** Takes a lost node out of its cluster, through the nodes that are left (sections 2.6 and 2.7 of the tutorial). */
export const rabbitForget = defineOperation({
  name: 'rabbit-forget',
  description: 'Takes a lost node out of its cluster, also while the whole cluster is down.',
  params,
  steps: ({ node: name, offline, queues: withQueues }) => [
    async ({ hosts, playHosts, query, warn }) => {
      const disks = ordered(playHosts, await query(playHosts, askEvidence));
      const health = ordered(hosts, await query(hosts, askHealth));
      const node = nodeCalled(name, disks, [...health.values()]);
      if (node === undefined) return () => [];
      const others = [...disks].filter(
        ([host, disk]) => disk.node !== node && hosts.some((h) => h.name === host),
      );
      const running =
        others.find(([, disk]) => disk.running && disk.members.includes(node)) ??
        others.find(([, disk]) => disk.running);
      refuseRunning(node, [
        ...[...disks.values()].flatMap((disk) => (disk.running ? [disk.node] : [])),
        ...[...health.values()].flatMap((view) => view?.up ?? []),
      ]);
      if (!offline) {
        if (running === undefined) throw nobodyRuns(node);
        const [speaker] = running;
        const view = health.get(speaker);
        if (view !== undefined && !withQueues) refuseQueues(node, view);
        return (host) => (host.name === speaker ? [withoutMembers({ node }), forgotten({ node })] : []);
      }
      if (running !== undefined) throw someRun(node, running[1].node);
      if (others.length === 0) throw new Error(`no other member than ${node} is here`);
      const [chosen, disk] = lastStopped(others);
      if (disk.store === 'khepri') throw khepri(node);
      if (disk.members.includes(node)) warn(`queues that are on ${node} alone go with it`);
      return (host) =>
        // It has other members, so that this is not its first boot.
        host.name === chosen
          ? [service({ name: BROKER_SERVICE, state: 'stopped' }), forgottenOffline({ node })]
          : [];
    },
  ],
});

/** The node that is meant: by its name, or by its host's; undefined when no cluster knows it any more. */
export function nodeCalled(
  name: string,
  disks: ReadonlyMap<string, Evidence>,
  views: readonly (Health | undefined)[],
): string | undefined {
  const known = [
    ...membersOf(disks),
    ...views.flatMap((view) => view?.members ?? []),
    ...views.flatMap((view) => (view?.queues ?? []).flatMap(({ members }) => members)),
  ];
  return known.find((node) => node === name || hostOfNode(node) === name);
}

/** @param running nodes that run, by their own word or by that of others */
function refuseRunning(node: string, running: readonly string[]): void {
  if (!running.includes(node)) return;
  throw new PlayError({
    kind: 'failed',
    what: `${node} runs: a node that runs is not forgotten, it leaves`,
    next: 'take it out with playbooks/scale-in.ts',
  });
}

function refuseQueues(node: string, view: Health): void {
  const lost = (view.queues ?? []).filter(
    ({ exclusive, members }) => !exclusive && members.length === 1 && members[0] === node,
  );
  if (lost.length === 0) return;
  throw new PlayError({
    kind: 'failed',
    what: `${lost.map(queueTitle).join(', ')} would be lost: ${node} alone has ${lost.length === 1 ? 'it' : 'them'}`,
    next: `bring ${node} back, or say that they may go: -e queues=true`,
  });
}

function nobodyRuns(node: string): PlayError {
  return new PlayError({
    kind: 'failed',
    what: `no other member than ${node} runs, so that nobody can forget it`,
    next: "start the cluster with playbooks/start-cluster.ts; if it says that it can't start without that node: -e offline=true",
  });
}

function someRun(node: string, other: string): PlayError {
  return new PlayError({
    kind: 'failed',
    what: `${other} runs: what a stopped node forgets about ${node} the others would not know`,
    next: 'leave out -e offline=true',
  });
}

function khepri(node: string): PlayError {
  return new PlayError({
    kind: 'failed',
    what: `${node} can't be forgotten offline: this cluster keeps its metadata in Khepri, by majority`,
    next: 'bring back a majority, then forget it without -e offline=true; playbooks/start-cluster.ts says what is left to do without one',
  });
}
