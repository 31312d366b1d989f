import assert from 'node:assert/strict';
import { clean, duration, elapsed, oneLine, outputLine, shorten } from '../../lib/report/text.ts';

describe('text', () => {
  it('formats durations', () => {
    const formatted = [0, 812, 9_949, 9_951, 59_400, 59_600, 187_000, 3_720_000].map(duration);
    assert.deepEqual(formatted, [
      '0.0 s',
      '0.8 s',
      '9.9 s',
      '10 s',
      '59 s',
      '1 min 00 s',
      '3 min 07 s',
      '1 h 02 min',
    ]);
    assert.equal(elapsed(1999), '1 s');
    assert.equal(duration(-5), '0.0 s');
  });

  it('removes escape sequences and control characters', () => {
    assert.equal(clean('\u001b[31mred\u001b[0m\u0000\u0008\u009b2J\tx\r\ny'), 'red\tx\ny');
    assert.equal(oneLine(' a\n  b\n'), 'a ⏎ b');
    assert.equal(outputLine(' 10%\r100% done\r'), '100% done');
    assert.equal(outputLine('\r\r'), '');
  });

  it('is shortened with an ellipsis', () => {
    assert.equal(shorten('abcdef', 6), 'abcdef');
    assert.equal(shorten('abcdef', 5), 'abcd…');
  });
});
