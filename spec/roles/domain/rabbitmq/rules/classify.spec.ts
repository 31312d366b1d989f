import assert from 'node:assert/strict';
import type { Snapshot } from '../../../../../roles/domain/rabbitmq/facts/snapshot.ts';
import { classify, type Standing, startsLast } from '../../../../../roles/domain/rabbitmq/rules/classify.ts';
import type { FounderView } from '../../../../../roles/domain/rabbitmq/rules/founding-node.ts';
import { appStopped, down, live, running, user } from '../nodes.ts';

const [a, b, c, x] = ['rabbit@a', 'rabbit@b', 'rabbit@c', 'rabbit@x'];
/** The seed alone, with `c`, and down. */
const alone: FounderView = { node: a, members: [a] };
const withC: FounderView = { node: a, members: [a, c] };
const silent: FounderView = { node: a, members: undefined };

const guest = user('guest', 'guest');
const policy = { vhost: '/', name: 'p', pattern: '', applyTo: 'all', priority: 0, definition: {} };

const table: readonly (readonly [string, Snapshot, FounderView, Standing, RegExp])[] = [
  ['never started', down('c', [], 0, false), alone, 'blank', /never started/],
  ['a fresh node', running('c'), alone, 'empty', /nothing in it/],
  [
    'a fresh node with our administrator',
    running('c', { users: [guest, user('admin', 'x')] }),
    alone,
    'empty',
    /./,
  ],
  ['a queue', running('c', { queues: 1 }), alone, 'data', /with 1 queue$/],
  ['an exchange', running('c', { exchanges: 2 }), alone, 'data', /with 2 exchanges$/],
  ['a virtual host', running('c', { vhosts: ['/', 'v'] }), alone, 'data', /with 1 virtual host$/],
  ['a user', running('c', { users: [guest, user('app', 'x')] }), alone, 'data', /with 1 user$/],
  ['a policy', running('c', { policies: [policy] }), alone, 'data', /with 1 policy$/],
  ['a shovel', running('c', { parameters: 1, queues: 2 }), alone, 'data', /with 2 queues, 1 parameter$/],
  [
    'what it could not tell',
    running('c', { queues: null }),
    alone,
    'data',
    /queues that could not be counted/,
  ],
  [
    'users it could not tell',
    running('c', { users: null }),
    alone,
    'data',
    /users that could not be counted/,
  ],
  ['stopped, queues on disk', down('c', [c], 3), alone, 'data', /not running, with 3 queues on disk/],
  ['stopped, queues on disk, no word of a cluster', down('c', [], 1), alone, 'data', /1 queues? on disk/],
  ['its app stopped, queues on disk', appStopped('c', [c], 1), alone, 'data', /on disk/],
  ['stopped', down('c', [c]), alone, 'untold', /not running/],
  ['stopped, no word of a cluster', down('c', []), alone, 'untold', /not running/],
  ['its app stopped', appStopped('c'), alone, 'untold', /not running/],
  ['a member', running('c', { members: [a, c] }), withC, 'member', /with rabbit@a/],
  ['joined since the seed was asked', running('c', { members: [a, c] }), alone, 'member', /./],
  ['a member, the seed down', running('c', { members: [a, c], up: [c] }), silent, 'member', /./],
  ['a member cut off', running('c', { members: [a, c], up: [c] }), withC, 'member', /./],
  ['a member, its app stopped', appStopped('c', [a, c]), withC, 'half-joined', /not running/],
  ['a member that is down', down('c', [a, c], 2), withC, 'half-joined', /not running/],
  ['a member that is down, as is the seed', down('c', [a, c]), silent, 'half-joined', /not running/],
  ['a member whose seed came later', down('c', [b, c]), { node: a, members: [a, b, c] }, 'half-joined', /./],
  ['forgotten while down', down('c', [a, c]), alone, 'disowned', /which disagrees/],
  ['forgotten, queues on disk', down('c', [a, c], 2), alone, 'disowned', /which disagrees/],
  ['forgotten, its app stopped', appStopped('c', [a, b, c]), { node: a, members: [a, b] }, 'disowned', /./],
  ['forgotten, and running', running('c', { members: [a, c], up: [c] }), alone, 'disowned', /./],
  ['in another cluster', running('c', { members: [c, x] }), alone, 'foreign', /a cluster with rabbit@x/],
  ['in another cluster, down', down('c', [c, x]), alone, 'foreign', /a cluster with rabbit@x/],
  ['in another cluster, the seed down', down('c', [c, x]), silent, 'foreign', /./],
];

describe("a node's standing", () => {
  for (const [title, node, seed, standing, reason] of table) {
    it(`${title}: ${standing}`, () => {
      const judged = classify(node, seed, ['guest', 'admin']);
      assert.equal(judged.standing, standing);
      assert.match(judged.reason, reason);
    });
  }

  it('of the seed itself is never foreign or disowned', () => {
    const seed = { node: c, members: [c, x] };
    assert.equal(classify(running('c', { members: [c, x] }), seed, []).standing, 'member');
    assert.equal(classify(down('c', [c, x]), { node: c, members: undefined }, []).standing, 'half-joined');
    assert.equal(
      classify(running('c', { queues: 5 }), { node: c, members: [c] }, ['guest']).standing,
      'data',
    );
  });
});

describe('what starts last', () => {
  const ramNode = { ...down('c', [a, c]), disk: { ...down('c', [a, c]).disk, disc: [a] } };

  it('is a ram node that is down, and one that the others have forgotten', () => {
    assert.ok(startsLast(ramNode, withC));
    assert.ok(startsLast(ramNode, silent));
    assert.ok(startsLast(down('c', [a, c]), alone));
  });

  it('is no disc node, none on its own, and none that runs', () => {
    assert.ok(!startsLast(down('c', [a, c]), withC));
    assert.ok(!startsLast(down('c', [c]), alone));
    assert.ok(!startsLast(down('c', [], 0, false), alone));
    assert.ok(!startsLast({ ...ramNode, live: live('c', { members: [a, c], up: [a, c] }) }, withC));
  });
});
