import { dirname } from 'node:path';
import {
  defineOperation,
  directory,
  file,
  type Gate,
  type NoVars,
  type StepContext,
} from '../../../lib/index.ts';
import { askEvidence, type Evidence } from '../../domain/rabbitmq/facts/evidence.ts';
import { askHealth } from '../../domain/rabbitmq/facts/health.ts';
import { healthOf } from '../../domain/rabbitmq/gates/cluster.ts';
import { ordered } from '../../domain/rabbitmq/rules/founding-node.ts';
import { brokerStopped } from '../../domain/rabbitmq/tasks/broker-stopped.ts';
import { type Placed, splits, stopOrder } from './order.ts';
import { params } from './params.ts';

/** Stops a whole cluster, node after node, in an order that is written down (section 2.7 of the tutorial). */
export const rabbitStop = defineOperation({
  name: 'rabbit-stop',
  description: 'Stops a whole cluster, one node after the other, in an order that is recorded.',
  params,
  steps: ({ record }) => [
    async (context) => {
      const order = await orderOf(context);
      // With no node running there is nothing to stop, and what was recorded then is the truth.
      if (order === undefined) return () => [];
      const content = `${JSON.stringify({ order: order.map(({ node }) => node) }, null, 2)}\n`;
      return () => [
        directory({ path: dirname(record), mode: '0755' }),
        file({ path: record, content, mode: '0644' }),
      ];
    },
    async (context) => {
      const order = await orderOf(context);
      if (order === undefined) return () => [];
      context.report({
        title: 'the order in which the cluster stops',
        text: order.map(({ host, node }, i) => `${i + 1}. ${node} on ${host}`).join('\n'),
        data: { order },
      });
      // All on one host's list, so that each waits for the one before.
      const [first] = context.hosts;
      return ({ name }) => (name === first?.name ? order.map(stopTask) : []);
    },
  ],
});

/** No node is cut off from another: stopped apart, the sides would go on apart. */
export const noPartition: Gate = {
  name: 'no network partition',
  at: ['before'],
  check: async (context) => splits([...(await healthOf(context)).values()]),
};

function stopTask({ host, node }: Placed) {
  return brokerStopped({ node }, { on: host, timeLimit: 660 });
}

/** Hosts whose broker is up or was, in order; undefined when none runs. */
async function orderOf({ hosts, query }: StepContext<NoVars>): Promise<readonly Placed[] | undefined> {
  const [disks, health] = await Promise.all([query(hosts, askEvidence), query(hosts, askHealth)]);
  const evidence = ordered<Evidence>(hosts, disks);
  if (![...evidence.values()].some(isUp)) return undefined;
  const ram = [...health.values()].find((view) => view?.running)?.ram ?? ramOf([...evidence.values()]);
  const nodes = hosts.flatMap(({ name }) => {
    const node = evidence.get(name)?.node;
    return node === undefined ? [] : [{ host: name, node }];
  });
  return stopOrder(nodes, ram);
}

function isUp({ unit }: Evidence): boolean {
  return unit !== 'inactive' && unit !== 'failed';
}

/** Members that are no disc nodes, by the disks alone. */
function ramOf(disks: readonly Evidence[]): readonly string[] {
  return [...new Set(disks.flatMap(({ members, disc }) => members.filter((node) => !disc.includes(node))))];
}
