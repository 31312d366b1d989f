import assert from 'node:assert/strict';
import { ClaimBook } from '../../lib/run/claims.ts';
import { PlayError } from '../../lib/util/errors.ts';
import { thing } from './things.ts';

describe('ClaimBook', () => {
  it('refuses two tasks that want one thing differently, and names both', () => {
    const book = new ClaimBook();
    book.add([thing({ name: 'x', value: 'on' }, { title: 'first' }), thing({ name: 'y', value: 'on' })]);
    assert.throws(
      () => book.add([thing({ name: 'x', value: 'off' }, { title: 'second' })]),
      (error) => {
        assert.ok(error instanceof PlayError);
        assert.match(error.what, /two tasks want thing x differently/);
        assert.match(error.why ?? '', /"first" wants on\n"second" wants off/);
        return true;
      },
    );
  });

  it('lets two want the same', () => {
    const book = new ClaimBook();
    book.add([thing({ name: 'x', value: 'on' })]);
    book.add([thing({ name: 'x', value: 'on' })]);
  });
});
