import { isDeepStrictEqual } from 'node:util';
import { defineRole, type HostView, type Task } from '../../lib/index.ts';
import { brokersOf } from '../domain/rabbitmq/brokers.ts';
import type { Live, Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { actingHost } from '../domain/rabbitmq/rules/founding-node.ts';
import { policySettings, type Vars } from '../domain/rabbitmq/settings/policy.ts';
import { advise } from './advice.ts';
import { askKept, defaultQueueType } from './default-queue-type.ts';
import { type Compiled, compile } from './definition.ts';
import { fallsShort } from './intent.ts';
import { lintPolicies } from './lint.ts';
import { overlapping } from './overlap.ts';
import { operatorPolicy, policy } from './policy.ts';
import { askStragglers } from './queues.ts';
import { refuse } from './refuse.ts';
import { validate } from './validate.ts';

/** What a broker is taken for that can't say its version; nothing is set on such a one. */
const UNTOLD = '3.8';

/** Queues that survive the loss of nodes, by policy (section 2.5 of the tutorial). */
export const haPolicy = defineRole({
  ...policySettings,
  description:
    'Queues that survive the loss of nodes: mirrored by policy below 4.0, quorum queues from there on.',
  validate(hosts, { playHosts }) {
    for (const { vars: own } of hosts) validate(own, playHosts.length);
  },
  lint: lintPolicies,
  steps: [
    async (context) => {
      const { hosts, playHosts, check, warn } = context;
      const nodes = await brokersOf(context);
      // A policy belongs to the cluster: one of its running members sets it for all.
      const names = hosts.map(({ name }) => name);
      const speaker = actingHost(nodes, names) ?? (check ? undefined : names[0]);
      const host = hosts.find(({ name }) => name === speaker);
      if (host === undefined) {
        warn('no member of the cluster runs: its policies can only be told in the run itself');
        return () => [];
      }
      const { vars: own } = host;
      const live = nodes.get(host.name)?.live;
      if (live?.version) refuse(own, playHosts.length, live.version);
      const wanted = compile(own, playHosts.length, live?.version ?? UNTOLD);
      const other = differing(own, playHosts, nodes, wanted);
      if (other !== undefined) {
        warn(
          `the brokers run ${live?.version} and ${other}, for which the policy ${own.ha_policy_name} would differ: it is left as it is until all run the same`,
        );
        return () => [];
      }
      for (const text of doubts(own, playHosts.length, wanted, live)) warn(text);
      return ({ name }) => (name === speaker ? tasks(own, wanted) : []);
    },
    async (context) => {
      const { hosts, playHosts, query, report, warn } = context;
      const nodes = await brokersOf(context);
      const names = hosts.map(({ name }) => name);
      const host = hosts.find(({ name }) => name === actingHost(nodes, names));
      if (host === undefined) return () => [];
      const live = nodes.get(host.name)?.live;
      if (!live?.version) return () => [];
      const wanted = compile(host.vars, playHosts.length, live.version);
      const type = differing(host.vars, playHosts, nodes, wanted) ? undefined : wanted.defaultQueueType;
      // Asked side by side: what is asked ahead then takes one round trip.
      const [stragglers, kept] = await Promise.all([
        query([host], askStragglers(wanted)),
        type && query([host], askKept({ vhost: host.vars.ha_policy_vhost, type })),
      ]);
      const why = kept?.get(host.name);
      if (why !== undefined) warn(why);
      const found = stragglers.get(host.name);
      const advice = found && advise(found, wanted, live.policies ?? []);
      if (advice) report(advice);
      return () => [];
    },
  ],
});

function tasks(own: Vars, wanted: Compiled): readonly Task[] {
  const vhost = own.ha_policy_vhost;
  return [
    ...own.ha_policy_absent.map((name) => policy({ vhost, name, absent: true })),
    ...own.ha_policy_operator_absent.map((name) => operatorPolicy({ vhost, name, absent: true })),
    policy(wanted.policy),
    ...(wanted.operator ? [operatorPolicy(wanted.operator)] : []),
    ...(wanted.defaultQueueType ? [defaultQueueType({ vhost, type: wanted.defaultQueueType })] : []),
  ];
}

/** The version of a broker for which the intent comes to something else, as in the middle of an upgrade. */
function differing(
  own: Vars,
  playHosts: readonly HostView[],
  nodes: ReadonlyMap<string, Snapshot>,
  wanted: Compiled,
): string | undefined {
  return [...nodes.values()]
    .flatMap(({ live }) => live?.version ?? [])
    .find((version) => !isDeepStrictEqual(compile(own, playHosts.length, version), wanted));
}

/** What the user should know and may have meant. */
function doubts(own: Vars, nodes: number, wanted: Compiled, live: Live | undefined): readonly string[] {
  const { policy: ours, kind } = wanted;
  const short = kind === 'quorum' ? fallsShort(own, nodes) : 0;
  return [
    ...overlapping(live?.policies ?? [], ours, own.ha_policy_absent).map(
      (other) =>
        `the policies ${ours.name} and ${other} match the same queues with the same priority: only one applies`,
    ),
    ...(short > 0
      ? [
          `${own.ha_policy_count} mirrors would survive ${(own.ha_policy_count ?? 1) - 1} nodes, a quorum queue on ${nodes} nodes survives ${(wanted.members ?? 1) >> 1}`,
        ]
      : []),
    ...(kind === 'quorum' && own.ha_policy_default_queue_type === 'quorum' && !wanted.defaultQueueType
      ? [
          `RabbitMQ ${live?.version} can't change the default queue type of a virtual host: queues have to be declared with x-queue-type: quorum`,
        ]
      : []),
  ];
}
