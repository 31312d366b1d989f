import assert from 'node:assert/strict';
import type { HandoffContext } from '../../../../../lib/index.ts';
import { Handoffs, handoffContext } from '../../../../../lib/run/handoffs.ts';
import type { Snapshot } from '../../../../../roles/domain/rabbitmq/facts/snapshot.ts';
import { foundingOf } from '../../../../../roles/domain/rabbitmq/rules/founding.ts';
import {
  actingHost,
  chooseFounder,
  founderView,
  foundingHost,
  ordered,
  preferred,
  preferredHosts,
} from '../../../../../roles/domain/rabbitmq/rules/founding-node.ts';
import { appStopped, down, known, running } from '../nodes.ts';

const [a, b, c] = ['rabbit@a', 'rabbit@b', 'rabbit@c'];
const seedOf = (nodes: Readonly<Record<string, Snapshot>>) =>
  chooseFounder(new Map(Object.entries(nodes)))?.host;
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

  it('has members, also some that nobody asked, rather than nothing', () => {
    assert.equal(seedOf({ a: running('a'), b: running('b', together(b, 'rabbit@x', 'rabbit@y')) }), 'b');
  });

  it('has data, or may have some, rather than nothing: a blank host is never first', () => {
    const blank = down('a', [], 0, false);
    assert.equal(seedOf({ a: blank, b: running('b'), c: running('c', { queues: 1 }) }), 'c');
    assert.equal(seedOf({ a: running('a'), b: running('b'), c: down('c', [c], 2) }), 'c');
    assert.equal(seedOf({ a: running('a'), b: running('b'), c: down('c', [c]) }), 'c');
    assert.equal(seedOf({ a: running('a'), b: down('b', [b]), c: running('c', { exchanges: 1 }) }), 'c');
  });

  it('is the host in rabbit_seed where several hold something, and not where that one is blank', () => {
    const named = (seed: string, nodes: Readonly<Record<string, Snapshot>>) =>
      chooseFounder(
        new Map(Object.entries(nodes)),
        foundingOf([known('a', 'a', { rabbit_seed: seed }), known('b', 'b'), known('c', 'c')]),
      )?.host;
    const data = { a: running('a', { queues: 1 }), b: running('b'), c: running('c', { queues: 1 }) };
    assert.equal(named('c', data), 'c');
    assert.equal(named('b', { ...data, a: running('a') }), 'c');
    const pair = { b: running('b', together(b, c)), c: running('c', together(b, c)) };
    assert.equal(named('a', { a: running('a', { queues: 1 }), ...pair }), 'a');
    assert.equal(named('a', { a: running('a'), ...pair }), 'b');
  });

  it('is no host whose data may be destroyed, while another has data', () => {
    const hosts = ['a', 'b'].map((name) => known(name, name, { rabbit_allow_data_loss: ['a'] }));
    const nodes = { a: running('a', { queues: 1 }), b: running('b', { queues: 1 }) };
    assert.equal(chooseFounder(new Map(Object.entries(nodes)), foundingOf(hosts))?.host, 'b');
  });

  it('is no node that the others run without', () => {
    const alone = running('a', { queues: 1 });
    assert.equal(seedOf({ a: alone, b: down('b', [a, b], 3) }), 'a');
    // One that lost its disk says nothing against the member that is left.
    assert.equal(seedOf({ a: running('a'), b: down('b', [a, b], 3) }), 'b');
  });

  it('speaks for the cluster to the end of the play', async () => {
    const playHosts = [known('a', 'a'), known('b', 'b')];
    const run = new Handoffs();
    const [one, other] = [handoffContext(run.forPlay()), handoffContext(run.forPlay())];
    one.handOff(foundingHost, 'b');
    const names = async ({ received }: HandoffContext) =>
      (await preferredHosts({ playHosts, received })).map(({ name }) => name);
    assert.deepEqual(await names(one), ['b', 'a']);
    assert.deepEqual(await names(other), ['a', 'b'], 'and not in another play');
  });

  it('tells its members only when it runs', () => {
    assert.deepEqual(founderView(running('a', together(a, b))), { node: a, members: [a, b] });
    assert.deepEqual(founderView(down('a', [a, b])), { node: a, members: undefined });
    assert.deepEqual(founderView(appStopped('a', [a, b])), { node: a, members: undefined });
  });
});

describe('who speaks for the cluster', () => {
  const speaker = (nodes: Readonly<Record<string, Snapshot>>, among = Object.keys(nodes)) =>
    actingHost(new Map(Object.entries(nodes)), among);
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
  const names = (a: object, c: object = {}) =>
    preferred([known('a', 'a', a), known('b', 'b'), known('c', 'c', c)]).map(({ name }) => name);
  const ram = { rabbit_node_type: 'ram' };
  assert.deepEqual(names(ram), ['b', 'c', 'a']);
  assert.deepEqual(names(ram, { rabbit_seed: 'c' }), ['c', 'b', 'a']);
  assert.deepEqual(names({ rabbit_node_type: 'disc' }), ['a', 'b', 'c']);
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
