import {
  check,
  defineRole,
  directory,
  file,
  type KnownHost,
  line,
  packages,
  type RoleHost,
  restart,
  service,
  sh,
  type Task,
} from '../../lib/index.ts';
import { BROKER_SERVICE } from '../support/rabbitmq/commands.ts';
import { askBroker, isRunning, type Snapshot } from '../support/rabbitmq/snapshot.ts';
import { clusterName } from './cluster-name.ts';
import { member } from './membership.ts';
import { plugins } from './plugin.ts';
import { chooseSeed } from './seed.ts';
import { brokerUser } from './user.ts';
import { type Vars, vars } from './vars.ts';

const askName = {
  name: 'its host name',
  script: sh`hostname -s`,
  parse: ({ stdout }: { readonly stdout: string }) => stdout.trim(),
};

/** Running brokers, joined to one cluster (the seed's sections 2.2 to 2.4). */
export const rabbitJoin = defineRole({
  name: 'rabbit-join',
  description: 'Running brokers joined to one cluster, with an administrator and without guest.',
  prefix: 'rabbit_',
  vars,
  validate(hosts, { playHosts }) {
    const [first] = hosts;
    if (hosts.length === playHosts.length && hosts.every((host) => host.vars.rabbit_node_type === 'ram')) {
      throw new Error('every node is a ram node: at least one must be disc, or a restart loses everything');
    }
    const named = [
      ...(first?.vars.rabbit_allow_data_loss ?? []),
      ...(first?.vars.rabbit_seed ? [first.vars.rabbit_seed] : []),
    ];
    for (const name of named) {
      if (!playHosts.some((host) => host.name === name)) throw new Error(`${name} is no host of this play`);
    }
  },
  steps: [
    async ({ playHosts, query }) => {
      const names = await query(playHosts, askName);
      return (host) => brokerTasks(host, playHosts, names);
    },
    async ({ hosts, playHosts, query, warn }) => {
      const nodes = ordered(playHosts, await query(playHosts, askBroker));
      const seed = chooseSeed(nodes, hosts[0]?.vars.rabbit_seed ?? playHosts[0]?.name);
      const snapshot = seed === undefined ? undefined : nodes.get(seed);
      if (snapshot?.live?.partitions.length)
        warn(`${seed} sees a network partition: ${snapshot.live.partitions.join(', ')}`);
      return (host) => (snapshot === undefined ? [] : [memberTask(host, snapshot)]);
    },
    async ({ hosts, query }) => {
      const nodes = await query(hosts, askBroker);
      const running = hosts.find(({ name }) => {
        const node = nodes.get(name);
        return node !== undefined && isRunning(node);
      });
      return (host) => (host.name === (running ?? hosts[0])?.name ? clusterTasks(host.vars) : []);
    },
  ],
});

function brokerTasks(
  { vars: own }: RoleHost<Vars>,
  playHosts: readonly KnownHost[],
  names: ReadonlyMap<string, string>,
): readonly Task[] {
  const peers = playHosts.flatMap((peer) => {
    const hostname = names.get(peer.name);
    return hostname === undefined ? [] : [{ hostname, address: peer.address }];
  });
  return [
    ...(own.rabbit_install ? [packages({ names: own.rabbit_packages })] : []),
    ...(own.rabbit_nofile === undefined ? [] : limitTasks(own.rabbit_nofile)),
    ...peers.map(({ hostname, address }) =>
      own.rabbit_hosts_entries ? hostsEntry(hostname, address) : resolves(hostname),
    ),
    service({ name: BROKER_SERVICE, state: 'started', enabled: true }),
    plugins({ names: own.rabbit_plugins }),
  ];
}

function limitTasks(limit: number): readonly Task[] {
  const folder = `/etc/systemd/system/${BROKER_SERVICE}.service.d`;
  return [
    directory({ path: folder, mode: '0755' }),
    file(
      { path: `${folder}/limits.conf`, content: `[Service]\nLimitNOFILE=${limit}\n`, mode: '0644' },
      { notify: restart(BROKER_SERVICE) },
    ),
  ];
}

function hostsEntry(hostname: string, address: string): Task {
  const name = hostname.replaceAll('.', '\\.');
  return line({
    path: '/etc/hosts',
    line: `${address} ${hostname}`,
    match: `^\\s*[^#\\s]+\\s+(.*\\s)?${name}(\\s|$)`,
  });
}

function resolves(hostname: string): Task {
  return check({
    that: `${hostname} is found by name`,
    probe: sh`getent hosts ${hostname}`,
    holds: ({ code, stdout }) => (code === 0 && stdout !== '') || `${hostname} does not resolve on this host`,
    next: 'add it to DNS, or set rabbit_hosts_entries: true',
  });
}

function memberTask({ name, vars: own }: RoleHost<Vars>, seed: Snapshot): Task {
  return member(
    {
      seed: { node: seed.node, members: seed.live?.running ? (seed.live.members ?? undefined) : undefined },
      nodeType: own.rabbit_node_type,
      allowDataLoss: own.rabbit_allow_data_loss.includes(name),
      harmlessUsers: ['guest', own.rabbit_admin_user],
      host: name,
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

/** Answers in the inventory's order, which decides where nothing else does. */
function ordered<T>(hosts: readonly KnownHost[], answers: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  return new Map(
    hosts.flatMap(({ name }) => {
      const answer = answers.get(name);
      return answer === undefined ? [] : [[name, answer] as const];
    }),
  );
}
