import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { reveal, Secret, secret } from '../../lib/util/secret.ts';

describe('Secret', () => {
  const hidden = secret('hunter2');

  it('is *** in every conversion to text', () => {
    const texts = [
      `${hidden}`,
      String(hidden),
      JSON.stringify([{ hidden }]),
      inspect({ hidden, deep: { list: [hidden] } }, { depth: 9, showHidden: true, getters: true }),
      new Error(`bad ${hidden}`).message,
      JSON.stringify(Object.entries(hidden)),
    ];
    for (const text of texts) assert.doesNotMatch(text, /hunter2/);
    assert.equal(JSON.stringify(hidden), '"***"');
  });

  it('has no property that contains the value', () => {
    assert.deepEqual(Reflect.ownKeys(hidden), []);
    assert.deepEqual({ ...hidden }, {});
  });

  it('returns its value only from reveal', () => {
    assert.equal(hidden.reveal(), 'hunter2');
    assert.equal(reveal(hidden), 'hunter2');
    assert.equal(reveal('plain'), 'plain');
  });

  it('is returned unchanged when it is wrapped again', () => {
    assert.equal(secret(hidden), hidden);
    assert.ok(secret('x') instanceof Secret);
  });

  it('can be compared by its fingerprint', () => {
    assert.equal(secret('a').fingerprint(), secret('a').fingerprint());
    assert.notEqual(secret('a').fingerprint(), secret('b').fingerprint());
    assert.equal(
      secret('').fingerprint(),
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });
});
