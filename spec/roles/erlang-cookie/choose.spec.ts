import assert from 'node:assert/strict';
import { secret } from '../../../lib/index.ts';
import type { Snapshot } from '../../../roles/domain/rabbitmq/facts/snapshot.ts';
import { chooseCookie, voters } from '../../../roles/erlang-cookie/choose.ts';
import { down, known, running } from '../domain/rabbitmq/nodes.ts';

/** Hosts in the inventory's order, each with its cookie, if it has one. */
const chosen = (cookies: Readonly<Record<string, string | undefined>>, seed = 'a') =>
  chooseCookie(
    Object.entries(cookies).map(([host, cookie]) => ({ host, cookie: cookie ? secret(cookie) : undefined })),
    seed,
  ).reveal();

describe('the one cookie for all', () => {
  it("is the seed's on fresh hosts, where all differ", () => {
    assert.equal(chosen({ a: 'A', b: 'B', c: 'C' }), 'A');
    assert.equal(chosen({ a: 'A', b: 'B', c: 'C' }, 'c'), 'C');
    assert.equal(chosen({ b: 'B', a: 'A' }), 'A');
  });

  it('is what most hold, also against the seed', () => {
    assert.equal(chosen({ a: 'A', b: 'B', c: 'B' }), 'B');
    assert.equal(chosen({ a: undefined, b: 'B', c: 'B' }), 'B');
    assert.equal(chosen({ a: 'A', b: 'A', c: 'B', d: 'B' }), 'A');
  });

  it("is the first's where the seed does not answer or has none", () => {
    assert.equal(chosen({ b: 'B', c: 'C' }), 'B');
    assert.equal(chosen({ a: undefined, b: undefined, c: 'C' }), 'C');
    // Back again, the seed is the odd one.
    assert.equal(chosen({ a: 'A', b: 'B', c: 'B' }), 'B');
  });

  it('is new, of 256 bits, where nobody has any', () => {
    const made = chosen({ a: undefined, b: undefined });
    assert.match(made, /^[0-9A-F]{64}$/);
    assert.notEqual(chosen({ a: undefined }), made);
  });

  it("is not made while the seed, which may hold the cluster's, is silent", () => {
    assert.throws(() => chosen({ b: undefined, c: undefined }), /the seed a does not answer/);
    assert.throws(() => chosen({}), /the seed a does not answer/);
  });
});

describe('whose cookies count', () => {
  const [a, b] = ['rabbit@a', 'rabbit@b'];
  /** Hosts that may vote, when each holds a cookie of its own name unless something else is said. */
  const voting = (
    nodes: Readonly<Record<string, Snapshot>>,
    named?: string,
    vars: Readonly<Record<string, string>> = {},
    cookies: Readonly<Record<string, string>> = {},
  ) => {
    const names = Object.keys(nodes);
    const held = names.map((host) => ({ host, cookie: secret(cookies[host] ?? host) }));
    const hosts = names.map((name) => known(name, name, vars));
    return voters(held, new Map(Object.entries(nodes)), hosts, named).map(({ host }) => host);
  };
  const blank = { a: running('a'), b: down('b', [], 0, false) };
  const queue = { queues: 1 };

  it('are those of all hosts where all are blank', () => {
    assert.deepEqual(voting({ ...blank, c: running('c') }), ['a', 'b', 'c']);
  });

  it('are those of the host that has data, or may have some, and never those of blank ones', () => {
    assert.deepEqual(voting({ ...blank, c: running('c', queue) }), ['c']);
    assert.deepEqual(voting({ ...blank, c: down('c', ['rabbit@c']) }), ['c']);
  });

  it('are those of all running members of a cluster, so that an odd one among them has no say', () => {
    const pair = { members: [a, b] };
    assert.deepEqual(voting({ c: running('c'), a: running('a', pair), b: running('b', pair) }), ['a', 'b']);
    assert.deepEqual(voting({ a: running('a', pair), b: down('b', [a, b]), c: running('c') }), ['a']);
  });

  it('are also that of a seed that is named: a lone broker is then given its cookie', () => {
    assert.deepEqual(voting({ ...blank, c: running('c', queue) }, 'a'), ['a', 'c']);
  });

  it('can not be told where several hold data with different cookies, unless one is named', () => {
    const two = { a: running('a', queue), b: running('b'), c: running('c', { exchanges: 1 }) };
    assert.throws(() => voting(two), /a \(a cluster of one with 1 queue\) and c \(.*1 exchange\)/);
    assert.deepEqual(voting(two, undefined, { rabbit_seed: 'c' }), ['c']);
    assert.deepEqual(voting(two, undefined, {}, { a: 'X', c: 'X' }), ['a']);
  });
});
