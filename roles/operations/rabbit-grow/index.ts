import {
  defineOperation,
  type Layout,
  type NoVars,
  PlayError,
  type StepContext,
  type Task,
  until,
} from '../../../lib/index.ts';
import { growthScript, parseGrowth, synchronised } from '../../domain/rabbitmq/facts/growth.ts';
import { askHealth, type Health } from '../../domain/rabbitmq/facts/health.ts';
import { params } from './params.ts';
import { members, rebalanced } from './tasks.ts';

export { inventoryPlay } from '../support/inventory-play.ts';
export { readyToGrow } from './gates.ts';

/** A new member of the cluster gets its part of the queues. */
export const rabbitGrow = defineOperation({
  name: 'rabbit-grow',
  description: 'Gives a new member of the cluster its part of the queues, and waits until it has all of it.',
  params,
  validate({ node }, _hosts, { playHosts }) {
    if (!playHosts.some(({ name }) => name === node)) {
      throw new Error(`node names ${node}, which is no host of this play`);
    }
  },
  steps: ({ node: newHost, within, rebalance }) => [
    (context) =>
      onOldMember(context, newHost, (node) => [
        members({ node }),
        // What is not there yet can't be looked at: in check mode nothing is waited for.
        ...(context.check ? [] : [waitForAll(node, within)]),
        ...(rebalance ? [rebalanced({ node })] : []),
      ]),
  ],
});

function waitForAll(node: string, within: number): Task {
  return until({
    that: `${node} has all of its queues`,
    probe: growthScript(node),
    holds: (reply) => synchronised(parseGrowth(reply)),
    within,
    every: 2,
    next: `look at the queues named; then run it again with more time: -e within=${within * 4}`,
  });
}

/** Lays out what belongs to the cluster as a whole on one of the members that were there before. */
async function onOldMember(
  { hosts, playHosts, query, check }: StepContext<NoVars>,
  newHost: string,
  tasks: (node: string) => readonly Task[],
): Promise<Layout<NoVars>> {
  const views = await query(playHosts, askHealth);
  const running = (host: string): Health | undefined =>
    views.get(host)?.running ? views.get(host) : undefined;
  const node = running(newHost)?.node;
  const oldMember = hosts.find(({ name }) => name !== newHost && running(name));
  if (node === undefined || oldMember === undefined) {
    if (check) return () => [];
    throw new PlayError({
      kind: 'failed',
      what: node === undefined ? `the broker of ${newHost} does not run` : 'no other broker runs',
      next: 'systemctl status rabbitmq-server',
      where: { host: newHost },
    });
  }
  return ({ name }) => (name === oldMember.name ? tasks(node) : []);
}
