import {
  defineRole,
  PlayError,
  type RoleHost,
  type StepContext,
  type Task,
  until,
} from '../../../lib/index.ts';
import { growthScript, parseGrowth, synchronised } from '../../domain/rabbitmq/facts/growth.ts';
import { askHealth, type Health } from '../../domain/rabbitmq/facts/health.ts';
import { members, rebalanced } from './tasks.ts';
import { type Vars, vars } from './params.ts';

export { inventoryPlay } from '../support/inventory-play.ts';
export { readyToGrow } from './gates.ts';

/** A new member of the cluster gets its part of the queues. */
export const rabbitGrow = defineRole({
  name: 'rabbit-grow',
  description: 'Gives a new member of the cluster its part of the queues, and waits until it has all of it.',
  prefix: 'rabbit_grow_',
  vars,
  validate(hosts, { playHosts }) {
    for (const { vars: own } of hosts) {
      if (!playHosts.some(({ name }) => name === own.rabbit_grow_node)) {
        throw new Error(`rabbit_grow_node names ${own.rabbit_grow_node}, which is no host of this play`);
      }
    }
  },
  steps: [
    async (context) => bySpeaker(context, (node) => [members({ node })]),
    async (context) =>
      // What is not there yet can't be looked at: in check mode nothing is waited for.
      bySpeaker(context, (node, own) => (context.check ? [] : [waitForAll(node, own.rabbit_grow_within)])),
    async (context) =>
      bySpeaker(context, (node, own) => (own.rabbit_grow_rebalance ? [rebalanced({ node })] : [])),
  ],
});

function waitForAll(node: string, within: number): Task {
  return until({
    that: `${node} has all of its queues`,
    probe: growthScript(node),
    holds: (reply) => synchronised(parseGrowth(reply)),
    within,
    every: 2,
    next: `look at the queues named; then run it again, with more time: -e rabbit_grow_within=${within * 4}`,
  });
}

/** Lays out what belongs to the cluster as a whole on one of the members that were there before. */
async function bySpeaker(
  { hosts, playHosts, query, check }: StepContext<Vars>,
  tasks: (node: string, own: Vars) => readonly Task[],
): Promise<(host: RoleHost<Vars>) => readonly Task[]> {
  const newcomer = hosts[0]?.vars.rabbit_grow_node ?? '';
  const views = await query(playHosts, askHealth);
  const running = (host: string): Health | undefined =>
    views.get(host)?.running ? views.get(host) : undefined;
  const node = running(newcomer)?.node;
  const speaker = hosts.find(({ name }) => name !== newcomer && running(name));
  if (node === undefined || speaker === undefined) {
    if (check) return () => [];
    throw new PlayError({
      kind: 'failed',
      what: node === undefined ? `the broker of ${newcomer} does not run` : 'no other broker runs',
      next: 'systemctl status rabbitmq-server',
      where: { host: newcomer },
    });
  }
  return ({ name, vars: own }) => (name === speaker.name ? tasks(node, own) : []);
}
