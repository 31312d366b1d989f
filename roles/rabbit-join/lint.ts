import type { Finding, LintContext, LintUse, RoleHost } from '../../lib/index.ts';
import { clientTargets } from '../domain/rabbitmq/settings/client-targets.ts';
import type { Vars } from '../domain/rabbitmq/settings/join.ts';
import { partitionHandlingOf } from '../domain/rabbitmq/settings/partition-handling.ts';

type Use = LintUse<Vars>;

/** Judges each cluster: whether it outlives the loss of a node, and who may log in. */
export function lintCluster(uses: readonly Use[], context: LintContext): readonly Finding[] {
  return uses.flatMap((use) => {
    const [first] = use.hosts;
    if (first === undefined) return [];
    return [
      ...size(use, first, context),
      ...partitionsIgnored(use, first, context),
      ...ramNodes(use),
      ...guest(use, first),
      ...guestClients(use, first, context),
      ...use.hosts.flatMap((host) => standingLoss(use, host)),
    ];
  });
}

function size(use: Use, first: RoleHost<Vars>, context: LintContext): readonly Finding[] {
  const count = use.hosts.length;
  const hosts = use.hosts.map(({ name }) => name);
  if (count === 1) {
    return [
      {
        ...use.at(first.name, 'ansible_host'),
        severity: 'warning',
        rule: 'one-broker',
        what: `${first.name} is the only broker`,
        why: 'when it is lost so are its queues: no high availability',
        next: `three hosts in the play "${use.play}"`,
      },
    ];
  }
  if (count % 2 === 1) return [];
  const handling = partitionHandlingOf(first);
  if (handling?.value === 'pause_minority') {
    return [
      {
        ...context.at(first.name, handling.variable),
        hosts,
        severity: count === 2 ? 'error' : 'warning',
        rule: 'even-pause-minority',
        what: `pause_minority with ${count} brokers`,
        why:
          count === 2
            ? 'one of two is no majority: when either is lost the other one pauses, and nothing is served'
            : `when the network falls into halves both are a minority, and all ${count} pause; more are not survived than with ${count - 1}`,
        next: `${count + 1} brokers, or ${count === 2 ? 'autoheal' : `${count - 1}`}`,
      },
    ];
  }
  return [
    {
      ...use.at(first.name, 'ansible_host'),
      hosts,
      severity: 'hint',
      rule: 'even-brokers',
      what: `${count} brokers are an even number`,
      why: `a majority is ${count / 2 + 1}: no more losses are survived than with ${count - 1}, and halves of a network have none${count === 2 && handling === undefined ? ', so that in a network partition both go on, each by itself' : ''}`,
      next: `${count + 1} brokers`,
    },
  ];
}

function partitionsIgnored(use: Use, first: RoleHost<Vars>, context: LintContext): readonly Finding[] {
  const handling = partitionHandlingOf(first);
  if (use.hosts.length === 1 || handling?.value !== 'ignore') return [];
  return [
    {
      ...context.at(first.name, handling.variable),
      hosts: use.hosts.map(({ name }) => name),
      severity: 'warning',
      rule: 'partition-ignored',
      what: 'nobody mends a network partition',
      why: 'with ignore all parts of a cluster go on by themselves, and do not come together again when they see each other (below RabbitMQ 4.3, unless it keeps its metadata in Khepri)',
      next: `rabbit_config_partition_handling: ${use.hosts.length > 2 ? 'pause_minority' : 'autoheal'}`,
    },
  ];
}

function ramNodes(use: Use): readonly Finding[] {
  const ram = use.hosts.filter(({ vars }) => vars.rabbit_node_type === 'ram');
  const disc = use.hosts.filter(({ vars }) => vars.rabbit_node_type !== 'ram');
  const [first] = ram;
  if (first === undefined) return [];
  const at = (name: string) => use.at(name, 'rabbit_node_type');
  const findings = ram.map(
    ({ name }): Finding => ({
      ...at(name),
      severity: 'warning',
      rule: 'ram-node',
      what: `${name} is a ram node`,
      why: 'it keeps users, queues and policies in memory only and has them sent at each start; deprecated, and from RabbitMQ 4.3 on a disc node all the same',
      next: 'rabbit_node_type: disc',
    }),
  );
  const names = disc.map(({ name }) => name).join(', ');
  const hosts = ram.map(({ name }) => name);
  const next = 'rabbit_node_type: disc for most of the nodes';
  if (disc.length === 1) {
    findings.push({
      ...at(first.name),
      hosts,
      severity: 'error',
      rule: 'single-disc-node',
      what: `${names} is the only disc node`,
      why: 'while it is away no ram node can start and nothing can be declared; when its disk is lost so is the whole definition',
      next,
    });
  } else if (ram.length > disc.length) {
    findings.push({
      ...at(first.name),
      hosts,
      severity: 'error',
      rule: 'ram-majority',
      what: `${ram.length} of ${use.hosts.length} nodes are ram nodes`,
      why: `what the cluster knows is only on ${names}`,
      next,
    });
  }
  return findings;
}

function guest(use: Use, { name, vars }: RoleHost<Vars>): readonly Finding[] {
  const hosts = use.hosts.map((host) => host.name);
  const isAdmin = vars.rabbit_admin_user === 'guest';
  if (!isAdmin && vars.rabbit_guest !== 'keep') return [];
  return [
    {
      ...use.at(name, isAdmin ? 'rabbit_admin_user' : 'rabbit_guest'),
      hosts,
      severity: isAdmin ? 'error' : 'warning',
      rule: 'guest-left',
      what: isAdmin ? 'guest is the administrator' : 'the user guest stays',
      why: isAdmin
        ? 'brokers let guest in from their own host only: nobody can log in through a proxy'
        : 'everybody knows its password, and whoever has a foot on a broker’s host is administrator',
      next: isAdmin ? 'rabbit_admin_user: a name of your own' : 'rabbit_guest: remove',
    },
  ];
}

function guestClients(use: Use, first: RoleHost<Vars>, context: LintContext): readonly Finding[] {
  const removed = first.vars.rabbit_guest === 'remove' && first.vars.rabbit_admin_user !== 'guest';
  return clientTargets(context.group('all'))
    .filter(({ user }) => user === 'guest')
    .map(({ host, variable, address, port }) => ({
      ...context.at(host, variable),
      severity: 'error',
      rule: 'guest-client',
      what: `clients of ${address}:${port} log in as guest`,
      why: removed
        ? `the play "${use.play}" removes guest`
        : 'brokers let guest in from their own host only, and to them a proxy is another host',
      next: 'a user of their own',
    }));
}

/** A word that was meant for one run, and is now said to every run. */
function standingLoss(use: Use, { name, vars }: RoleHost<Vars>): readonly Finding[] {
  const spot = use.at(name, 'rabbit_allow_data_loss');
  if (!vars.rabbit_allow_data_loss.includes(name) || spot.where.file === '-e') return [];
  return [
    {
      ...spot,
      severity: 'warning',
      rule: 'data-loss-allowed',
      what: `${name} may always be wiped`,
      why: 'rabbit_allow_data_loss is written down: whenever this node is found outside of the cluster, its messages are destroyed without a question',
      next: `give it for the one run that needs it: -e '{"rabbit_allow_data_loss": ["${name}"]}'`,
    },
  ];
}
