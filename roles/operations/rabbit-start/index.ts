import { defineRole, type RoleHost, type Task, until } from '../../../lib/index.ts';
import { askEvidence, type Evidence } from '../../domain/rabbitmq/facts/evidence.ts';
import { blockedBy, isRam, membersOf } from '../../domain/rabbitmq/rules/blocked.ts';
import { ordered } from '../../domain/rabbitmq/rules/founding-node.ts';
import { BROKER_SERVICE } from '../../domain/rabbitmq/scripts/commands.ts';
import { blockedError } from './advice.ts';
import { begun, runs } from './start.ts';
import { type Vars, vars } from './params.ts';

/** A stopped cluster started again: all nodes at once, after a look at what their disks say (the seed's section 2.7). */
export const rabbitStart = defineRole({
  name: 'rabbit-start',
  description: 'A stopped cluster started by the evidence on its disks, all nodes at once.',
  prefix: 'rabbit_start_',
  vars,
  steps: [
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
      const later = hosts.flatMap(({ name }) => (isRam(disks.get(name) ?? nothing) ? [name] : []));
      return ({ name }) => (later.includes(name) ? [] : [begun({})]);
    },
    async ({ hosts, query, check }) => {
      const disks = await query(hosts, askEvidence);
      const wait = awaited(check);
      return (host) => (isRam(disks.get(host.name) ?? nothing) ? [] : wait(host));
    },
    // Those that have the cluster from a disc node.
    () => () => [begun({})],
    ({ check }) => awaited(check),
  ],
});

const nothing: Evidence = {
  node: '',
  unit: 'unknown',
  running: false,
  members: [],
  disc: [],
  lastSeen: [],
  store: 'mnesia',
  forced: false,
};

/** Check mode waits for nothing. */
function awaited(check: boolean): (host: RoleHost<Vars>) => readonly Task[] {
  return ({ vars: own }) =>
    check
      ? []
      : [
          until({
            that: 'the broker runs',
            ...runs,
            within: own.rabbit_start_within,
            next: `journalctl -u ${BROKER_SERVICE}, and the log in /var/log/rabbitmq on that host`,
          }),
        ];
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
