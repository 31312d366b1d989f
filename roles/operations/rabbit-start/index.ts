import { defineOperation, type Task, until } from '../../../lib/index.ts';
import { askEvidence, type Evidence } from '../../domain/rabbitmq/facts/evidence.ts';
import { blockedBy, isRam, membersOf } from '../../domain/rabbitmq/rules/blocked.ts';
import { ordered } from '../../domain/rabbitmq/rules/founding-node.ts';
import { BROKER_SERVICE } from '../../domain/rabbitmq/scripts/commands.ts';
import { blockedError } from './advice.ts';
import { params } from './params.ts';
import { brokerStarting, runs } from './start.ts';

/** Starts a stopped cluster: all nodes at once, after a look at what their disks say (section 2.7 of the tutorial). */
export const rabbitStart = defineOperation({
  name: 'rabbit-start',
  description: 'Starts a stopped cluster by the evidence on its disks, all nodes at once.',
  params,
  steps: ({ within }) => [
    async ({ hosts, playHosts, query, warn, report }) => {
      const disks = ordered(playHosts, await query(playHosts, askEvidence));
      const stopped = [...disks.values()].filter(({ running }) => !running);
      if (stopped.length > 0) {
        report({ title: 'what the disks say', text: table(disks), data: Object.fromEntries(disks) });
        const blocked = blockedBy(disks);
        if (blocked) throw blockedError(blocked);
        const present = [...disks.values()].map(({ node }) => node);
        const missing = membersOf(disks).filter((node) => !present.includes(node));
        if (missing.length > 0) warn(`the cluster starts without ${missing.join(', ')}`);
      }
      const later = hosts.flatMap(({ name }) => (startsLater(disks.get(name)) ? [name] : []));
      return ({ name }) => (later.includes(name) ? [] : [brokerStarting({})]);
    },
    async ({ hosts, query, check }) => {
      const disks = await query(hosts, askEvidence);
      return ({ name }) => (check || startsLater(disks.get(name)) ? [] : [waitUntilRuns(within)]);
    },
    // Those that have the cluster from a disc node.
    () => () => [brokerStarting({})],
    ({ check }) =>
      () =>
        check ? [] : [waitUntilRuns(within)],
  ],
});

/** A ram node starts after the disc nodes. */
function startsLater(disk: Evidence | undefined): boolean {
  return disk !== undefined && isRam(disk);
}

function waitUntilRuns(within: number): Task {
  return until({
    that: 'the broker runs',
    ...runs,
    within,
    next: `journalctl -u ${BROKER_SERVICE}, and the log in /var/log/rabbitmq on that host`,
  });
}

function table(disks: ReadonlyMap<string, Evidence>): string {
  return [...disks]
    .map(([host, { node, unit, running, lastSeen }]) => {
      const others = lastSeen.filter((each) => each !== node);
      const saw =
        others.length > 0 ? `${others.join(', ')} still ran when it stopped` : 'it stopped last, or alone';
      return `${host}  ${running ? `${node} runs` : `${node} is ${unit}: ${saw}`}`;
    })
    .join('\n');
}
