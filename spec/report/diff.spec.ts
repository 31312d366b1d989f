import assert from 'node:assert/strict';
import { showDiff } from '../../lib/report/diff.ts';
import { painter } from '../../lib/report/paint.ts';
import { unifiedDiff } from '../../lib/util/diff.ts';

function numbered(count: number, word: string): string {
  return Array.from({ length: count }, (_, i) => `${word} ${i}\n`).join('');
}

describe('unifiedDiff', () => {
  it('shows three lines of context', () => {
    const before = numbered(10, 'line');
    const after = before.replace('line 5\n', 'line five\n');
    assert.equal(
      unifiedDiff({ before, after, path: '/etc/motd' }),
      `--- /etc/motd\tnow
+++ /etc/motd\twanted
@@ -3,7 +3,7 @@
 line 2
 line 3
 line 4
-line 5
+line five
 line 6
 line 7
 line 8`,
    );
  });

  it('marks a missing final newline', () => {
    const diff = unifiedDiff({ before: 'a', after: 'a\n', path: 'f' });
    assert.deepEqual(diff.split('\n').slice(3), ['-a', '\\ No newline at end of file', '+a']);
  });

  it('is empty when nothing differs, and shows a new file in full', () => {
    assert.equal(unifiedDiff({ before: 'a', after: 'a' }), '');
    assert.deepEqual(unifiedDiff({ before: '', after: 'a\nb\n' }).split('\n').slice(2), [
      '@@ -0,0 +1,2 @@',
      '+a',
      '+b',
    ]);
  });

  it('is cut after 200 lines, with a note', () => {
    const lines = unifiedDiff({ before: '', after: numbered(500, 'new') }).split('\n');
    assert.equal(lines.length, 201);
    assert.equal(lines.at(-1), '… 303 more lines not shown');
  });

  it('stops after its time limit on huge texts with nothing in common', function () {
    this.timeout(10_000);
    const diff = unifiedDiff({
      before: numbered(30_000, 'old'),
      after: numbered(30_000, 'new'),
      path: 'big',
    });
    assert.match(diff, /^--- big\tnow\n\+\+\+ big\twanted\n…/);
  });
});

describe('showDiff', () => {
  it('makes carriage returns visible and control characters harmless', () => {
    assert.equal(showDiff('-a\r\n+a\u001b[2J\u0007', painter(false)), '-a␍\n+a');
  });
});
