import assert from 'node:assert/strict';
import type { Live, Snapshot } from '../../../../../roles/domain/rabbitmq/facts/snapshot.ts';
import { clusterFaults } from '../../../../../roles/domain/rabbitmq/rules/cluster-faults.ts';
import { clustersOf, foundingCluster } from '../../../../../roles/domain/rabbitmq/rules/clusters.ts';
import { divergence } from '../../../../../roles/domain/rabbitmq/rules/divergence.ts';
import { foundingOf } from '../../../../../roles/domain/rabbitmq/rules/founding.ts';
import { sidesOf } from '../../../../../roles/domain/rabbitmq/rules/partition.ts';
import { matchUnreachable } from '../../../../../roles/domain/rabbitmq/rules/unreachable-members.ts';
import { appStopped, down, live, running, user } from '../nodes.ts';

const [a, b, c, x] = ['rabbit@a', 'rabbit@b', 'rabbit@c', 'rabbit@x'];
const three = { members: [a, b, c] };

/** Why the cluster of these hosts is not whole. */
function reasons(
  nodes: Readonly<Record<string, Snapshot>>,
  {
    silent = [],
    repaired = [],
  }: { readonly silent?: readonly string[]; readonly repaired?: readonly string[] } = {},
): readonly string[] {
  const founding = foundingOf([]);
  const all = new Map(Object.entries(nodes));
  const cluster = foundingCluster(clustersOf(all, founding), founding);
  assert.ok(cluster);
  return clusterFaults({ nodes: all, cluster, silent, repaired });
}

const whole = { a: running('a', three), b: running('b', three), c: running('c', three) };

describe('a cluster that is whole', () => {
  it('has all members running, seen by all', () => {
    assert.deepEqual(reasons(whole), []);
    assert.deepEqual(reasons({ a: running('a') }), []);
    assert.deepEqual(reasons({ a: running('a'), b: running('b') }), [], 'nobody has joined yet');
  });

  it('is not asked for while none of it runs', () => {
    assert.deepEqual(reasons({ a: down('a', [a, b]), b: down('b', [a, b]) }), []);
  });

  it('has no partition: the smaller side is named, and what mends it', () => {
    const cut = {
      a: running('a', { ...three, partitions: [c] }),
      b: running('b', { ...three, partitions: [c] }),
      c: running('c', { ...three, partitions: [a, b], users: [user('admin', 'other')] }),
    };
    const [reason = '', ...more] = reasons(cut);
    assert.deepEqual(more, []);
    assert.match(
      reason,
      /^a network partition: rabbit@c and rabbit@a, rabbit@b were cut off from each other/,
    );
    assert.match(reason, /as root on c: systemctl restart rabbitmq-server/);
    // One node's word is enough.
    assert.match(reasons({ ...whole, b: running('b', { ...three, partitions: [c] }) })[0] ?? '', /partition/);
  });

  it('has no stopped member, but for one that this run starts', () => {
    const up = { up: [a, b] };
    const stopped = {
      a: running('a', { ...three, ...up }),
      b: running('b', { ...three, ...up }),
      c: down('c', [a, b, c]),
    };
    assert.deepEqual(reasons(stopped), [
      'rabbit@c is a member and does not run: ts-play playbooks/start-cluster.ts -i INVENTORY starts it',
    ]);
    assert.equal(reasons({ ...stopped, c: appStopped('c', [a, b, c]) }).length, 1);
    assert.deepEqual(reasons(stopped, { repaired: ['c'] }), []);
  });

  it('may have a member on a host that does not answer, and none that is down and in no inventory', () => {
    const { c: _, ...rest } = {
      ...whole,
      a: running('a', { ...three, up: [a, b] }),
      b: running('b', { ...three, up: [a, b] }),
    };
    assert.deepEqual(reasons(rest, { silent: ['c'] }), []);
    assert.deepEqual(reasons(rest, { silent: ['mq3'] }), [], 'its node may have another name than the host');
    assert.deepEqual(reasons(rest), [
      'rabbit@c is a member, is down, and no host of the inventory is it: if it is lost for good: ts-play playbooks/forget-node.ts -i INVENTORY --node rabbit@c',
    ]);
    const foreign = { members: [a, b, c, x] };
    const guest = { a: running('a', foreign), b: running('b', foreign), c: running('c', foreign) };
    assert.deepEqual(reasons(guest), [], 'one that runs is no reason');
  });

  it('has no member that its peers do not see, though it runs', () => {
    const blind = { ...whole, a: running('a', { ...three, up: [a, b] }) };
    const [reason = ''] = reasons(blind);
    assert.match(reason, /^rabbit@c runs, but rabbit@a can't see it: let the ports 4369 and 25672 pass/);
    assert.match(reason, /as root on c: systemctl restart/);
  });

  it('has no member that lost its disk, but for one that this run has join again', () => {
    const wiped = {
      a: running('a', { ...three, up: [a, b] }),
      b: running('b', { ...three, up: [a, b] }),
      c: running('c'),
    };
    assert.match(reasons(wiped)[0] ?? '', /^rabbit@c counts as a member, but does not count itself/);
    assert.deepEqual(reasons(wiped, { repaired: ['c'] }), []);
  });

  it('has members that all tell the same', () => {
    const other = { ...whole, b: running('b', { ...three, users: [user('guest', 'changed')] }) };
    const [reason = ''] = reasons(other);
    assert.match(
      reason,
      /^rabbit@b has something else than the other members: password of guest \(compared with/,
    );
    assert.match(reason, /as root on b: systemctl restart/);
  });
});

describe('what members tell differently', () => {
  const differs = (...views: readonly Live[]) => Object.fromEntries(divergence(views));
  const policy = {
    vhost: '/',
    name: 'p',
    pattern: '^',
    applyTo: 'all',
    priority: 0,
    definition: { x: 1, y: 2 },
  };
  const app = user('app', 'x', ['monitoring']);
  const base = { users: [user('guest', 'guest'), app], policies: [policy] };

  it('is nothing when only the order differs', () => {
    const turned = {
      users: [...base.users].reverse(),
      policies: [{ ...policy, definition: { y: 2, x: 1 } }],
    };
    assert.deepEqual(differs(live('a', base), live('b', turned)), {});
    assert.deepEqual(differs(), {});
  });

  it('is named, as most of them have it', () => {
    const grant = { user: 'app', vhost: '/', configure: '', write: '', read: '.*' };
    const odd = {
      ...base,
      users: [user('guest', 'guest')],
      vhosts: ['/', 'v'],
      permissions: [grant],
      policies: [],
    };
    assert.deepEqual(differs(live('a', odd), live('b', base), live('c', base)), {
      [a]: 'virtual host v, user app, password of app, permissions of app on /, policy p on / (compared with rabbit@b)',
    });
    assert.deepEqual(differs(live('a', base), live('b', odd)), {
      [b]: 'virtual host v, user app, password of app, permissions of app on /, policy p on / (compared with rabbit@a)',
    });
  });

  it('is not what a node can not tell', () => {
    assert.deepEqual(differs(live('a', base), live('b', { ...base, users: null, policies: null })), {});
  });
});

describe('the sides of a partition', () => {
  const view = (node: string, ...partitions: readonly string[]) => ({ node, partitions });

  it('are told from what each node was cut off from, the largest first', () => {
    assert.deepEqual(sidesOf([view(a), view(b)]), []);
    assert.deepEqual(sidesOf([view(c, a, b), view(a, c), view(b, c)]), [[a, b], [c]]);
    assert.deepEqual(sidesOf([view(a, b), view(b, a)]), [[a], [b]]);
    assert.deepEqual(sidesOf([view(a, b), view(b), view(c)]), [[a, c], [b]]);
  });
});

describe('hosts that do not answer', () => {
  it('are members by their names, or where nobody can tell', () => {
    assert.deepEqual(matchUnreachable([b], ['b']), { members: ['b'], strangers: [] });
    assert.deepEqual(matchUnreachable([b], ['b.example', 'mq9']), { members: ['b.example'], strangers: [] });
    assert.deepEqual(matchUnreachable(['rabbit@ip-1'], ['mq9']), { members: ['mq9'], strangers: [] });
    assert.deepEqual(matchUnreachable([], ['mq9']), { members: [], strangers: [] });
    assert.deepEqual(matchUnreachable([b, x], ['b']), { members: ['b'], strangers: [x] });
  });
});
