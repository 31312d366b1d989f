import { defineRole, PlayError } from '../../lib/index.ts';
import { ordered, preferred, spokesman } from '../support/rabbitmq/seed.ts';
import { askBroker, type Policy } from '../support/rabbitmq/snapshot.ts';
import { hasMirroring, wantedPolicy } from './definition.ts';
import { policy } from './policy.ts';
import { vars } from './vars.ts';

/** Mirrored queues by policy (the seed's section 2.5). */
export const haPolicy = defineRole({
  name: 'ha-policy',
  description: 'A policy that mirrors queues over the nodes of the cluster.',
  prefix: 'ha_policy_',
  vars,
  validate(hosts, { playHosts }) {
    for (const { vars: own } of hosts) {
      if (own.ha_policy_absent.includes(own.ha_policy_name)) {
        throw new Error(`the policy ${own.ha_policy_name} is both wanted and to be absent`);
      }
      if (own.ha_policy_count !== undefined && own.ha_policy_mode !== 'exactly') {
        throw new Error(
          `ha_policy_count is for ha_policy_mode exactly, and the mode is ${own.ha_policy_mode}`,
        );
      }
      if (own.ha_policy_count !== undefined && own.ha_policy_count > playHosts.length) {
        throw new Error(
          `ha_policy_count is ${own.ha_policy_count}, and there are only ${playHosts.length} nodes`,
        );
      }
    }
  },
  steps: [
    async ({ hosts, playHosts, query, check, warn }) => {
      const nodes = ordered(preferred(playHosts), await query(playHosts, askBroker));
      // A policy belongs to the cluster: one of its running members sets it for all.
      const names = hosts.map(({ name }) => name);
      const speaker = spokesman(nodes, names) ?? (check ? undefined : names[0]);
      if (speaker === undefined)
        warn('no member of the cluster runs: its policies can only be told in the run itself');
      const live = nodes.get(speaker ?? '')?.live;
      if (live?.version && !hasMirroring(live.version)) throw noMirroring(live.version);
      return ({ name, vars: own }) => {
        if (name !== speaker) return [];
        const wanted = wantedPolicy(own, playHosts.length);
        for (const other of overlapping(live?.policies ?? [], wanted, own.ha_policy_absent)) {
          warn(
            `the policies ${wanted.name} and ${other} match the same queues with the same priority: only one applies`,
          );
        }
        return [
          ...own.ha_policy_absent.map((gone) =>
            policy({ vhost: own.ha_policy_vhost, name: gone, absent: true }),
          ),
          policy(wanted),
        ];
      };
    },
  ],
});

function overlapping(
  policies: readonly Policy[],
  wanted: Policy,
  absent: readonly string[],
): readonly string[] {
  return policies
    .filter(({ vhost, name }) => vhost === wanted.vhost && name !== wanted.name && !absent.includes(name))
    .filter(({ pattern, priority }) => pattern === wanted.pattern && priority === wanted.priority)
    .filter(({ applyTo }) => [applyTo, wanted.applyTo].includes('all') || applyTo === wanted.applyTo)
    .map(({ name }) => name);
}

function noMirroring(version: string): PlayError {
  return new PlayError({
    kind: 'failed',
    what: `RabbitMQ ${version} has no mirrored queues: ha-* policies were removed in 4.0`,
    why: 'the broker refuses every policy with an ha-* key',
    next: 'declare quorum queues (x-queue-type: quorum), which are replicated by themselves, and leave the role ha-policy out',
  });
}
