import assert from 'node:assert/strict';
import type { Health } from '../../../../roles/domain/rabbitmq/facts/health.ts';
import { splits, stopOrder } from '../../../../roles/operations/rabbit-stop/order.ts';

const nodes = ['a', 'b', 'c'].map((host) => ({ host, node: `rabbit@${host}` }));

describe('the order in which a cluster stops', () => {
  it('has the first host last', () => {
    assert.deepEqual(
      stopOrder(nodes, []).map(({ host }) => host),
      ['c', 'b', 'a'],
    );
  });

  it('has ram nodes first, wherever they stand', () => {
    assert.deepEqual(
      stopOrder(nodes, ['rabbit@a']).map(({ host }) => host),
      ['a', 'c', 'b'],
    );
    assert.deepEqual(
      stopOrder(nodes, ['rabbit@b']).map(({ host }) => host),
      ['b', 'c', 'a'],
    );
  });
});

describe('a cluster that is not to be stopped as it is', () => {
  const all = nodes.map(({ node }) => node);
  const view = (node: string, told: Partial<Health> = {}) =>
    ({ node, running: true, members: all, up: all, partitions: [], ...told }) as unknown as Health;

  it('is one in which a node was cut off', () => {
    assert.deepEqual(splits([view('rabbit@a', { partitions: ['rabbit@c'] })]), [
      'rabbit@a is cut off from rabbit@c: a network partition',
    ]);
  });

  it('is one whose nodes run and do not see each other', () => {
    const said = splits([view('rabbit@a', { up: ['rabbit@a', 'rabbit@b'] }), view('rabbit@c')]);
    assert.deepEqual(said, ['rabbit@a does not see rabbit@c, which runs: a network partition']);
  });

  it('is not one in which a node is down', () => {
    assert.deepEqual(splits([view('rabbit@a', { up: ['rabbit@a', 'rabbit@b'] }), view('rabbit@b')]), []);
  });
});
