import assert from 'node:assert/strict';
import type { PlayError, Reply, Report, RoleHost } from '../../../lib/index.ts';
import type { Health, QueueHealth } from '../../../roles/domain/rabbitmq/facts/health.ts';
import type { Snapshot } from '../../../roles/domain/rabbitmq/facts/snapshot.ts';
import { rabbitStatus } from '../../../roles/rabbit-status/index.ts';
import { renderStatus } from '../../../roles/rabbit-status/render.ts';
import { type Seen, statusOf } from '../../../roles/rabbit-status/status.ts';
import { answer, context, known, live, running, user } from '../domain/rabbitmq/nodes.ts';
import { packed } from '../domain/rabbitmq/packed.ts';
import { a, queue as aQueue, health as aView, b } from '../domain/rabbitmq/views.ts';

const reply = (stdout: string): Reply => ({ code: 0, stdout, stderr: '' });

/** A quorum queue on both nodes. */
const queue = (over: Partial<QueueHealth> = {}) => aQueue({ members: [a, b], online: [a, b], ...over });

/** A cluster of two, as this node sees it. */
const health = (node: string, over: Partial<Health> = {}) =>
  aView({
    node: `rabbit@${node}`,
    clusterName: 'lab',
    members: [a, b],
    up: [a, b],
    queues: [queue()],
    ...over,
  });

const told = {
  unit: 'active',
  cookieAccess: '400 rabbitmq rabbitmq',
  cookieHash: 'aaa',
  certificateEnds: undefined,
};

const seen = (over: Partial<Seen> = {}): Seen => ({
  brokers: ['a', 'b'],
  proxies: ['a'],
  health: new Map([
    ['a', health('a')],
    ['b', health('b')],
  ]),
  hosts: new Map([
    ['a', told],
    ['b', told],
  ]),
  fronts: new Map([['a', { servers: { a: 'UP', b: 'UP 1/3' }, addresses: ['192.0.2.200'] }]]),
  policies: [
    {
      vhost: '/',
      name: 'ha',
      pattern: '.*',
      applyTo: 'queues',
      priority: 0,
      definition: { 'ha-mode': 'all' },
    },
  ],
  pages: new Map([['a', 'http://192.0.2.11:8100/stats, user admin']]),
  live: [],
  vips: ['192.0.2.200'],
  ...over,
});

const wrong = (over: Partial<Seen>) => statusOf(seen(over)).wrong;

describe('the status of a cluster', () => {
  it('says what stands', () => {
    const status = statusOf(seen());
    assert.deepEqual(status.wrong, []);
    assert.deepEqual(status.remarks, []);
    assert.equal(
      renderStatus(status),
      `cluster lab, metadata in mnesia
  a  rabbit@a  disc  running  3.10.8  OTP 25
  b  rabbit@b  disc  running  3.10.8  OTP 25
queues   1, 0 without all copies whole, 0 on one node only
policy   ha of /: queues matching .*: {"ha-mode":"all"}
proxy    a: a UP, b UP 1/3
stats    a: http://192.0.2.11:8100/stats, user admin
address  192.0.2.200 on a

all is well`,
    );
  });

  it('says which broker is silent, stopped or in maintenance', () => {
    const alone = health('a', { up: ['rabbit@a'] });
    assert.deepEqual(wrong({ health: new Map([['a', alone]]), hosts: new Map([['a', told]]) }), [
      'rabbit@b is down',
      'b does not answer',
    ]);
    const stopped = statusOf(seen({ health: new Map([['a', alone]]) }));
    assert.equal(stopped.nodes[1]?.state, 'stopped');
    const away = statusOf(seen({ health: new Map([['a', health('a', { draining: ['rabbit@a'] })]]) }));
    assert.equal(away.nodes[0]?.state, 'in maintenance');
  });

  it('says what a cluster without an answer is', () => {
    assert.match(renderStatus(statusOf(seen({ health: new Map() }))), /cluster \(no broker answers\)/);
  });

  it('names partitions and alarms that any node sees, and strangers', () => {
    const views = new Map([
      ['a', health('a', { alarms: [{ what: 'memory', node: 'rabbit@b' }] })],
      ['b', health('b', { partitions: ['rabbit@a'] })],
    ]);
    assert.deepEqual(wrong({ health: views }), [
      'rabbit@b is cut off from rabbit@a: a network partition',
      'rabbit@b has an alarm: memory',
    ]);
    const grown = health('a', {
      members: ['rabbit@a', 'rabbit@b', 'rabbit@x'],
      up: ['rabbit@a', 'rabbit@b', 'rabbit@x'],
    });
    assert.deepEqual(
      wrong({
        health: new Map([
          ['a', grown],
          ['b', health('b')],
        ]),
      }),
      ['rabbit@x runs in the cluster, and no host of the inventory is it'],
    );
  });

  it('names members that a peer does not see, and members that tell different things', () => {
    const views = new Map([
      ['a', health('a')],
      ['b', health('b', { up: [b] })],
    ]);
    assert.deepEqual(wrong({ health: views }), ['rabbit@b does not see rabbit@a, which runs']);
    const other = live('b', { users: [user('guest', 'other')] });
    assert.deepEqual(wrong({ live: [live('a'), other] }), [
      'rabbit@b has something else than the others: password of guest (compared with rabbit@a)',
    ]);
  });

  it('fails where something is wrong, after the report, and not where all is well', async () => {
    const tasks = async (nodes: Readonly<Record<string, Snapshot>>) => {
      const reports: Report[] = [];
      const hosts = ['a', 'b'].map((name) => ({
        ...known(name, name),
        vars: { rabbit_status_proxies: 'proxies' },
      }));
      const { context: asking } = context(hosts, nodes, {
        group: () => [],
        report: (report) => void reports.push(report),
        query: async (all, { name, parse }) =>
          new Map(
            all.flatMap(({ name: host }) => {
              const node = nodes[host];
              if (node === undefined) return [];
              const views: Readonly<Record<string, Reply>> = {
                "the cluster's health": packed(health(host)),
                "the broker's host": reply('unit=active\naccess=400 rabbitmq rabbitmq\nhash=aaa'),
              };
              return [[host, parse(views[name] ?? answer(node))] as const];
            }),
          ),
      });
      const layout = await rabbitStatus.definition.steps[0]?.(asking);
      assert.ok(layout);
      assert.deepEqual(
        hosts.map((host) => layout(host).length),
        [1, 0],
      );
      assert.equal(reports.length, 1);
      return layout(hosts[0] as RoleHost<{ readonly rabbit_status_proxies: string }>);
    };
    const pair = { members: [a, b] };
    const [well] = await tasks({ a: running('a', pair), b: running('b', pair) });
    assert.deepEqual(well?.assess(reply(''), []).changes, []);
    const [ill] = await tasks({ a: running('a', pair), b: running('b', { ...pair, users: [] }) });
    assert.throws(
      () => ill?.assess(reply(''), []),
      (error: PlayError) => /rabbit@b has something else/.test(error.why ?? ''),
    );
  });

  it('names queues whose copies are not whole, and remarks on those that have one', () => {
    const queues = [
      queue({ online: ['rabbit@a'] }),
      queue({ name: 'alone', type: 'classic', members: ['rabbit@a'], online: ['rabbit@a'] }),
    ];
    const status = statusOf(
      seen({
        health: new Map([
          ['a', health('a', { queues })],
          ['b', health('b')],
        ]),
      }),
    );
    assert.deepEqual(status.wrong, ['quorum queue q: 1 of 2 copies are whole']);
    assert.deepEqual(status.remarks, ['1 queues are on one node only: alone']);
  });

  it('names cookies that differ or that others may read', () => {
    const hosts = new Map([
      ['a', told],
      ['b', { ...told, cookieAccess: '644 root root', cookieHash: 'bbb' }],
    ]);
    assert.deepEqual(wrong({ hosts }), [
      'the Erlang cookie of b is 644 root root, not 400 rabbitmq rabbitmq',
      'the brokers hold 2 different Erlang cookies',
    ]);
  });

  it('names backends that are not up, proxies that are silent, and an address on no host or on two', () => {
    const front = (servers: Record<string, string> | undefined, addresses: string[]) => ({
      servers,
      addresses,
    });
    assert.deepEqual(wrong({ fronts: new Map([['a', front({ a: 'UP', b: 'DOWN' }, [])]]) }), [
      'a has b DOWN',
      '192.0.2.200 is on no host',
    ]);
    assert.deepEqual(wrong({ fronts: new Map([['a', front(undefined, ['192.0.2.200'])]]) }), [
      'HAProxy of a does not answer',
    ]);
    const both = new Map([
      ['a', front({}, ['192.0.2.200'])],
      ['b', front({}, ['192.0.2.200'])],
    ]);
    assert.deepEqual(wrong({ proxies: ['a', 'b'], fronts: both }), ['192.0.2.200 is on a and b']);
    assert.equal(wrong({ fronts: new Map() })[0], 'the proxy a does not answer');
  });

  it('remarks on versions that differ, policies that overlap and flags that are not enabled', () => {
    const policy = { vhost: '/', pattern: '^q', applyTo: 'queues', priority: 0, definition: {} };
    const status = statusOf(
      seen({
        health: new Map([
          ['a', health('a', { flags: [{ name: 'f', enabled: false }] })],
          ['b', health('b', { version: '3.11.0' })],
        ]),
        policies: [
          { ...policy, name: 'one' },
          { ...policy, name: 'two', pattern: '^' },
          { ...policy, name: 'high', pattern: '^x', priority: 9 },
        ],
      }),
    );
    assert.deepEqual(status.remarks, [
      'the nodes run different versions: 3.10.8, 3.11.0',
      'the policies one and two match the same queues with the same priority',
      'feature flags not enabled: f',
    ]);
  });
});
