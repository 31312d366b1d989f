import assert from 'node:assert/strict';
import { secret } from '../../../lib/index.ts';
import { chooseCookie } from '../../../roles/erlang-cookie/choose.ts';

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
