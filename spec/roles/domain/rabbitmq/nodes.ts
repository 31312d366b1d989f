import { createHash } from 'node:crypto';
import type { HostView, Reply, RoleHost, StepContext, Vars } from '../../../../lib/index.ts';
import { Handoffs, handoffContext } from '../../../../lib/run/handoffs.ts';
import type { BrokerUser, Live, Snapshot } from '../../../../roles/domain/rabbitmq/facts/snapshot.ts';
import { knownHost } from '../../../known-host.ts';
import { packed } from './packed.ts';

/** A fresh broker that runs on its own, as it tells of itself; a case says what is different. */
export function live(host: string, told: Partial<Live> = {}): Live {
  const node = `rabbit@${host}`;
  return {
    node,
    version: '3.10.8',
    running: true,
    members: [node],
    up: told.members ?? [node],
    ram: [],
    clusterName: node,
    partitions: [],
    partitionHandling: 'ignore',
    vhosts: ['/'],
    users: [user('guest', 'guest')],
    permissions: [],
    policies: [],
    operatorPolicies: [],
    defaultQueueTypes: { '/': null },
    queues: 0,
    exchanges: 0,
    parameters: 0,
    applications: ['rabbit'],
    ...told,
  };
}

/** A user as the broker keeps it: salted, sha256. */
export function user(
  name: string,
  password: string,
  tags: readonly string[] = ['administrator'],
): BrokerUser {
  const salt = Buffer.from([0xde, 0xad, 0xbe, 0xef]);
  const hash = createHash('sha256').update(salt).update(password).digest();
  return {
    name,
    tags,
    hash: Buffer.concat([salt, hash]).toString('base64'),
    algorithm: 'rabbit_password_hashing_sha256',
  };
}

/** A node that runs. */
export function running(host: string, told: Partial<Live> = {}): Snapshot {
  const itself = live(host, told);
  return { node: itself.node, unit: 'active', live: itself, disk: disk(itself.members ?? []) };
}

/** A node whose application is stopped in a VM that is up: it tells no more than its members. */
export function appStopped(host: string, members = [`rabbit@${host}`], stored = 0): Snapshot {
  const told = { running: false, members, up: [], users: null, vhosts: null, policies: null };
  const counts = { queues: null, exchanges: null, parameters: null, permissions: null };
  return { ...running(host, { ...told, ...counts }), disk: disk(members, stored) };
}

/** A node whose VM is down: only its disk speaks. */
export function down(host: string, members: readonly string[] = [], stored = 0, present = true): Snapshot {
  return {
    node: `rabbit@${host}`,
    unit: 'inactive',
    live: undefined,
    disk: { ...disk(members, stored), present },
  };
}

function disk(members: readonly string[], stored = 0): Snapshot['disk'] {
  return { present: true, members, disc: members, stored, plugins: [] };
}

/** What a host answers to the look at its broker. */
export function answer({
  node,
  unit,
  live: told,
  failing,
  disk: { present, members, disc, stored, plugins, neverBooted },
}: Snapshot): Reply {
  const lines = [
    `node=${node}`,
    `unit=${unit}`,
    ...(failing === undefined ? [] : ['failing=yes', ...failing.split('\n').map((line) => `said: ${line}`)]),
    ...(neverBooted ? ['never-booted=yes'] : []),
    ...(present ? ['present=yes'] : []),
    ...(members.length > 0 ? [`members={[${members.join()}],[${disc.join()}]}.`] : []),
    ...(stored > 0 ? [`stored=${stored}`] : []),
    ...(plugins.length > 0 ? [`plugins=[${plugins.join()}].`] : []),
    ...(told ? [packed(told).stdout] : []),
  ];
  return { code: 0, stdout: lines.join('\n'), stderr: '' };
}

export function known(name: string, address: string, vars: object = {}): HostView {
  return knownHost(name, { address, groups: ['all', 'brokers'], vars: vars as Vars });
}

/** A step's context over recorded answers: hosts without one are silent. */
export function context<V>(
  hosts: readonly RoleHost<V>[],
  nodes: Readonly<Record<string, Snapshot>>,
  rest: Partial<StepContext<V>> = {},
): { readonly context: StepContext<V>; readonly warnings: string[] } {
  const warnings: string[] = [];
  return {
    warnings,
    context: {
      hosts,
      playHosts: hosts,
      ...handoffContext(new Handoffs()),
      check: false,
      cacheDir: '/nowhere',
      group: () => hosts,
      async query(asked, question) {
        return new Map(
          asked.flatMap(({ name }) => {
            const node = nodes[name];
            return node ? [[name, question.parse(answer(node))] as const] : [];
          }),
        );
      },
      download: () => Promise.reject(new Error('nothing to download')),
      warn: (text) => void warnings.push(text),
      report: () => {},
      ...rest,
    },
  };
}

/** A role's defaults, as the engine fills them in. */
export function defaultsOf(properties: Readonly<Record<string, object>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, schema]) =>
      'default' in schema ? [[name, schema.default]] : [],
    ),
  );
}
