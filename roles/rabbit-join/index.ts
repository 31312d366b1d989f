import {
  defineRole,
  directory,
  file,
  type HostView,
  packages,
  type RoleHost,
  service,
  type Task,
} from '../../lib/index.ts';
import { brokersOf } from '../domain/rabbitmq/brokers.ts';
import type { Snapshot } from '../domain/rabbitmq/facts/snapshot.ts';
import { startsLast } from '../domain/rabbitmq/rules/classify.ts';
import { foundingOf } from '../domain/rabbitmq/rules/founding.ts';
import {
  actingHost,
  chooseFounder,
  founderView,
  foundingHost,
  preferredHosts,
} from '../domain/rabbitmq/rules/founding-node.ts';
import { restartBroker } from '../domain/rabbitmq/scripts/boot.ts';
import { BROKER_SERVICE } from '../domain/rabbitmq/scripts/commands.ts';
import { joinSettings, type Vars } from '../domain/rabbitmq/settings/join.ts';
import { ableToBoot } from '../domain/rabbitmq/tasks/able-to-boot.ts';
import { plugins } from '../domain/rabbitmq/tasks/plugins.ts';
import { application } from './application.ts';
import { clusterName } from './cluster-name.ts';
import {
  candidates,
  refuseNamesakes,
  refuseRivals,
  refuseSecondCluster,
  refuseWithoutFounder,
  warnOfSilent,
} from './founding.ts';
import type { NodeType } from './join.ts';
import { lintCluster } from './lint.ts';
import { member } from './membership.ts';
import { hostsEntry, resolves } from './names.ts';
import { possibleType } from './node-type.ts';
import { brokerUser } from './user.ts';
import { validate } from './validate.ts';

export { canJoin, oneCluster } from './gates.ts';

/** Running brokers, joined to one cluster (sections 2.2 to 2.4 of the tutorial). */
export const rabbitJoin = defineRole({
  ...joinSettings,
  description: 'Running brokers joined to one cluster, with an administrator and without guest.',
  validate,
  lint: lintCluster,
  steps: [
    async (context) => {
      const { hosts, playHosts, check, warn } = context;
      // Asked side by side: what is asked ahead then takes one round trip.
      const [first, nodes] = await Promise.all([ableToBoot(context), brokersOf(context)]);
      const founding = foundingOf(playHosts);
      refuseNamesakes(nodes);
      refuseRivals(nodes, founding);
      if (check) warnOfSilent(nodes, hosts, warn);
      const seed = chooseFounder(nodes, founding)?.node;
      return (host) => {
        const node = nodes.get(host.name);
        const last = node !== undefined && seed !== undefined && startsLast(node, founderView(seed));
        return [...hostTasks(host, playHosts, nodes), ...first(host.name), ...startTasks(last, check)];
      };
    },
    async (context) => {
      const { hosts, playHosts, check, warn } = context;
      const order = await preferredHosts(context);
      const answers = await brokersOf(context);
      const founding = foundingOf(playHosts);
      // Again: what was stopped could not say before what it holds.
      refuseRivals(answers, founding);
      const nodes = candidates(answers, hosts);
      refuseWithoutFounder(answers, nodes, founding);
      const founder = chooseFounder(nodes, founding);
      if (founder === undefined) return () => [];
      const { node: seed } = founder;
      refuseSecondCluster(seed, answers, order, warn);
      context.handOff(foundingHost, founder.host);
      if (seed.live?.partitions.length)
        warn(`${seed.node} sees a network partition: ${seed.live.partitions.join(', ')}`);
      return (host) => {
        const node = nodes.get(host.name);
        const last = node !== undefined && startsLast(node, founderView(seed));
        const nodeType = possibleType(host.vars.rabbit_node_type, node, seed);
        if (nodeType !== host.vars.rabbit_node_type)
          warn(`${host.name} is a node like all others: its RabbitMQ has no ram nodes any more`);
        return [memberTask(host, nodeType, seed, check && !last)];
      };
    },
    async (context) => {
      const { hosts, playHosts, check, warn } = context;
      const nodes = await brokersOf(context);
      const names = playHosts.map(({ name }) => name).filter((name) => hosts.some((h) => h.name === name));
      const founding = foundingOf(playHosts);
      const speaker = actingHost(nodes, names, founding) ?? (check ? undefined : names[0]);
      if (speaker === undefined)
        warn('no member of the cluster runs: its name and its users can only be told in the run itself');
      return (host) => [
        plugins({ names: host.vars.rabbit_plugins }),
        ...(host.name === speaker ? clusterTasks(host.vars) : []),
      ];
    },
  ],
});

/** What the host needs before its broker can run: software, limits, names. */
function hostTasks(
  { name, vars: own }: RoleHost<Vars>,
  playHosts: readonly HostView[],
  nodes: ReadonlyMap<string, Snapshot>,
): readonly Task[] {
  const peers = playHosts.flatMap((peer) => {
    const node = nodes.get(peer.name)?.node;
    return node === undefined ? [] : [{ ...peer, hostname: node.slice(node.indexOf('@') + 1) }];
  });
  return [
    ...(own.rabbit_install ? [packages({ names: own.rabbit_packages })] : []),
    ...(own.rabbit_nofile === undefined ? [] : limitTasks(own.rabbit_nofile)),
    ...peers.flatMap(({ hostname, address, name: peer }) =>
      own.rabbit_hosts_entries
        ? [hostsEntry(hostname, address), ...(peer === name ? [] : [resolves(hostname, address)])]
        : [resolves(hostname)],
    ),
  ];
}

/** What can't start yet is left to its membership, the step after. */
function startTasks(last: boolean, predicting: boolean): readonly Task[] {
  if (last) return [service({ name: BROKER_SERVICE, enabled: true })];
  return [service({ name: BROKER_SERVICE, state: 'started', enabled: true }), application({ predicting })];
}

function limitTasks(limit: number): readonly Task[] {
  const folder = `/etc/systemd/system/${BROKER_SERVICE}.service.d`;
  return [
    directory({ path: folder, mode: '0755' }),
    file(
      { path: `${folder}/limits.conf`, content: `[Service]\nLimitNOFILE=${limit}\n`, mode: '0644' },
      { notify: restartBroker },
    ),
  ];
}

function memberTask(
  { name, vars: own }: RoleHost<Vars>,
  nodeType: NodeType,
  seed: Snapshot,
  started: boolean,
): Task {
  return member(
    {
      seed: founderView(seed),
      nodeType,
      allowDataLoss: own.rabbit_allow_data_loss.includes(name),
      harmlessUsers: ['guest', own.rabbit_admin_user],
      host: name,
      started,
    },
    { oneAtATime: 'rabbit-join' },
  );
}

/** What belongs to the cluster as a whole, done through one of its nodes. */
function clusterTasks(own: Vars): readonly Task[] {
  return [
    ...(own.rabbit_cluster_name === undefined ? [] : [clusterName({ name: own.rabbit_cluster_name })]),
    brokerUser({ name: own.rabbit_admin_user, password: own.rabbit_admin_password }),
    ...(own.rabbit_guest === 'remove' && own.rabbit_admin_user !== 'guest'
      ? [brokerUser({ name: 'guest', state: 'absent' })]
      : []),
  ];
}
