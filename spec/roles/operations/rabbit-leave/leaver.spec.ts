import assert from 'node:assert/strict';
import { findLeaver, isOurs } from '../../../../roles/operations/rabbit-leave/leaver.ts';
import { appStopped, down, running } from '../../domain/rabbitmq/nodes.ts';
import { a, b, c, health } from '../../domain/rabbitmq/views.ts';
import { dead, leaver, stopped } from './leavers.ts';

const views = new Map([
  ['a', health()],
  ['b', health({ node: b })],
]);

describe('the node that leaves', () => {
  it('is what its own host says, alive or down', () => {
    const alive = findLeaver('box', views, 2, running('c', { members: [a, b, c] }));
    assert.deepEqual([alive.node, alive.member, alive.up], [c, true, true]);
    const other = findLeaver('box', views, 2, down('x'));
    assert.deepEqual([other.node, other.member], ['rabbit@x', false]);
  });

  it('is the member of the same host name when its host is silent', () => {
    assert.equal(findLeaver('c.example.org', views, 2, undefined).node, c);
    const silent = new Map([['a', health()]]);
    assert.equal(findLeaver('c', silent, 2, undefined).node, c, 'b does not answer either');
  });

  it('is the one member that belongs to no other host, when all others answer', () => {
    assert.equal(findLeaver('box', views, 2, undefined).node, c);
    assert.throws(
      () => findLeaver('box', new Map([['a', health()]]), 2, undefined),
      /which node is its can't be told: rabbit@b, rabbit@c/,
    );
    const gone = new Map([['a', health({ members: [a, c], up: [a] })]]);
    assert.throws(() => findLeaver('box', gone, 2, undefined), /can't be told/, 'c may be the silent one');
  });

  it('is nobody when it has left', () => {
    const two = { members: [a, b], up: [a, b] };
    const left = new Map([
      ['a', health(two)],
      ['b', health({ node: b, ...two })],
    ]);
    assert.deepEqual(
      { ...findLeaver('c', left, 2, undefined), snapshot: undefined },
      { host: 'c', node: undefined, member: false, up: false, snapshot: undefined },
    );
  });

  it('is ours to stop and reset while it believes in the cluster, or is what a leave left half done', () => {
    const left = { member: false, up: false };
    assert.ok(isOurs(leaver(), [a, b, c]));
    assert.ok(isOurs(stopped, [a, b, c]));
    assert.ok(isOurs(leaver({ ...left, snapshot: down('c', [a, b, c]) }), [a, b]), 'forgotten, not reset');
    assert.ok(isOurs(leaver({ ...left, snapshot: appStopped('c') }), [a, b]), 'reset, not stopped');
  });

  it('is not ours when it is silent, a broker of its own, or in another cluster', () => {
    const left = { member: false, up: false };
    assert.ok(!isOurs(dead, [a, b, c]));
    assert.ok(!isOurs(leaver({ ...left, snapshot: running('c') }), [a, b]));
    const elsewhere = running('c', { members: [c, 'rabbit@x'] });
    assert.ok(!isOurs(leaver({ ...left, snapshot: elsewhere }), [a, b]));
  });
});
