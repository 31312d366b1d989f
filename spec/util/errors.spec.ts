import assert from 'node:assert/strict';
import { asPlayError, filePlace, formatError, inputError, PlayError } from '../../lib/util/errors.ts';

describe('PlayError', () => {
  it('is formatted with what, where, why and next on lines of their own', () => {
    const error = inputError('the port is wrong', {
      where: { host: 'web1', role: 'proxy', task: 'file /x', file: 'hosts.yml', line: 3, column: 7 },
      why: 'it is "abc"\nit must be a number',
      next: 'correct it',
    });
    assert.equal(
      formatError(error),
      [
        'the port is wrong',
        '  at: host web1, role proxy, task "file /x", hosts.yml:3:7',
        '  why: it is "abc"',
        '       it must be a number',
        '  next: correct it',
      ].join('\n'),
    );
    assert.equal(formatError(inputError('just so')), 'just so');
  });

  it('gets places added, and keeps those that it has', () => {
    const error = inputError('x', { where: { host: 'a', line: undefined } }).at({
      host: 'b',
      role: 'r',
      line: 4,
    });
    assert.deepEqual(error.where, { host: 'a', role: 'r', line: 4 });
    assert.equal(error.kind, 'input');
  });

  it('wraps any thrown value, with its cause', () => {
    const cause = new TypeError('oops');
    const error = asPlayError(cause, 'failed', { host: 'a' });
    assert.deepEqual([error.kind, error.what, error.where.host, error.cause], ['failed', 'oops', 'a', cause]);
    assert.equal(asPlayError('text', 'failed').what, 'text');
    assert.equal(asPlayError(undefined, 'failed').what, 'undefined');
  });

  it('keeps the kind of a PlayError', () => {
    const lost = new PlayError({ kind: 'unreachable', what: 'lost', next: 'wait' });
    const error = asPlayError(lost, 'failed', { host: 'a' });
    assert.deepEqual([error.kind, error.next, error.where.host], ['unreachable', 'wait', 'a']);
  });

  it('shows as much of a place in a file as is known', () => {
    assert.equal(filePlace({ file: 'a', line: 1, column: 2 }), 'a:1:2');
    assert.equal(filePlace({ file: 'a', line: 1 }), 'a:1');
    assert.equal(filePlace({ file: 'a', column: 2 }), 'a');
    assert.equal(filePlace({}), '');
  });
});
