import assert from 'node:assert/strict';
import {
  chooseSeed,
  ordered,
  preferred,
  seedView,
  spokesman,
} from '../../../../roles/support/rabbitmq/seed.ts';
import type { Snapshot } from '../../../../roles/support/rabbitmq/snapshot.ts';
import { appStopped, down, known, running } from './nodes.ts';

const [a, b, c] = ['rabbit@a', 'rabbit@b', 'rabbit@c'];
const seedOf = (nodes: Readonly<Record<string, Snapshot>>) => chooseSeed(new Map(Object.entries(nodes)));
const together = (...members: string[]) => ({ members });

describe('the seed of the cluster', () => {
  it('is the first where there is no cluster yet', () => {
    assert.equal(seedOf({ a: running('a'), b: running('b') }), 'a');
    assert.equal(seedOf({ b: running('b'), a: running('a') }), 'b');
    assert.equal(seedOf({}), undefined);
  });

  it('is in the largest cluster, whoever is preferred: a wiped seed founds no second one', () => {
    assert.equal(
      seedOf({ a: running('a'), b: running('b', together(b, c)), c: running('c', together(b, c)) }),
      'b',
    );
    assert.equal(
      seedOf({ a: down('a', [], 0, false), b: running('b', together(a, b, c)), c: running('c') }),
      'b',
    );
  });

  it('runs, if any member does', () => {
    const all = [a, b, c];
    assert.equal(seedOf({ a: down('a', all), b: running('b', together(...all)), c: down('c', all) }), 'b');
    assert.equal(seedOf({ a: appStopped('a', all), b: running('b', together(...all)) }), 'b');
    assert.equal(seedOf({ a: down('a', all), b: down('b', all), c: down('c', all) }), 'a');
  });

  it('is not chosen for members that nobody asked about', () => {
    assert.equal(seedOf({ a: running('a'), b: running('b', together(b, 'rabbit@x', 'rabbit@y')) }), 'a');
  });

  it('tells its members only when it runs', () => {
    assert.deepEqual(seedView(running('a', together(a, b))), { node: a, members: [a, b] });
    assert.deepEqual(seedView(down('a', [a, b])), { node: a, members: undefined });
    assert.deepEqual(seedView(appStopped('a', [a, b])), { node: a, members: undefined });
  });
});

describe('who speaks for the cluster', () => {
  const speaker = (nodes: Readonly<Record<string, Snapshot>>, among = Object.keys(nodes)) =>
    spokesman(new Map(Object.entries(nodes)), among);
  const two = { b: running('b', together(b, c)), c: running('c', together(b, c)) };

  it('is a running member of it, and no node that is about to join', () => {
    assert.equal(speaker({ a: running('a'), ...two }), 'b');
    assert.equal(speaker({ a: running('a'), ...two }, ['a', 'c']), 'c');
    // The seed speaks, wherever it stands among the others.
    assert.equal(speaker(two, ['c', 'b']), 'b');
    assert.equal(speaker({ a: running('a'), ...two }, ['a']), undefined);
  });

  it('is the seed of a cluster yet to be, and nobody where all are down', () => {
    assert.equal(speaker({ a: running('a'), b: running('b') }), 'a');
    assert.equal(speaker({ a: down('a', [a, b]), b: appStopped('b', [a, b]) }), undefined);
  });
});

it('the named seed is preferred, then disc nodes, in the order of the inventory', () => {
  const hosts = [known('a', 'a', { rabbit_node_type: 'ram' }), known('b', 'b'), known('c', 'c')];
  const names = (...args: Parameters<typeof preferred>) => preferred(...args).map(({ name }) => name);
  assert.deepEqual(names(hosts), ['b', 'c', 'a']);
  assert.deepEqual(names(hosts, new Map([['c', { rabbit_seed: 'c' }]])), ['c', 'b', 'a']);
  assert.deepEqual(names(hosts, new Map([['a', { rabbit_node_type: 'disc' }]])), ['a', 'b', 'c']);
});

it('answers are put into the order of the hosts', () => {
  const answers = new Map([
    ['b', 2],
    ['a', 1],
  ]);
  assert.deepEqual(
    [...ordered([{ name: 'a' }, { name: 'x' }, { name: 'b' }], answers)],
    [
      ['a', 1],
      ['b', 2],
    ],
  );
});
