import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type LineWant, line } from '../../lib/tasks/line.ts';
import { secret } from '../../lib/util/secret.ts';
import { sh } from '../../lib/util/sh.ts';
import { applyOnce, converge, HOSTILE, inEveryShell, look, whats } from '../support/sandbox.ts';

const reply = (text: string, stat = `${Buffer.byteLength(text)}:81a4:0:0:root:root`) => ({
  code: 0,
  stdout: `${stat}\n${Buffer.from(text).toString('base64')}`.trim(),
  stderr: '',
});

const edited = (text: string, want: Omit<LineWant, 'path'>) =>
  line({ path: '/f', ...want })
    .assess(reply(text), [])
    .changes.find(({ what }) => what === 'line')?.text?.after;

describe('line', () => {
  it('adds a line at the end, on a line of its own', () => {
    assert.equal(edited('a\nb\n', { line: 'c' }), 'a\nb\nc\n');
    assert.equal(edited('a\nb', { line: 'c' }), 'a\nb\nc\n');
    assert.equal(edited('', { line: 'c' }), 'c\n');
    assert.equal(edited('\n', { line: 'c' }), '\nc\n');
    assert.equal(edited('a\r\nb\r\n', { line: 'c' }), 'a\r\nb\r\nc\r\n');
    assert.equal(edited('a\nc\nb\n', { line: 'c' }), undefined);
    assert.equal(edited('a\nc', { line: 'c' }), undefined);
  });

  it('puts the line in place of the last that matches', () => {
    const want = { line: 'Port 22', match: '^#?Port' };
    assert.equal(edited('#Port 1\nPort 2\nx\n', want), '#Port 1\nPort 22\nx\n');
    assert.equal(edited('#Port 1\nPort 22\n', want), undefined);
    assert.equal(edited('x\nPort 2', want), 'x\nPort 22');
    assert.equal(edited('x\n', want), 'x\nPort 22\n');
    assert.equal(edited('PORT 1\n', { line: 'Port 22', match: /^port/gi }), 'Port 22\n');
    assert.equal(edited('a $1\n', { line: '$& $1', match: 'a' }), '$& $1\n');
  });

  it('inserts after, before or at the top', () => {
    assert.equal(edited('a\nb\na\nc\n', { line: 'x', insertAfter: '^a' }), 'a\nb\na\nx\nc\n');
    assert.equal(edited('a\nb\n', { line: 'x', insertAfter: '^z' }), 'a\nb\nx\n');
    assert.equal(edited('a\nb\n', { line: 'x', insertBefore: '^b' }), 'a\nx\nb\n');
    assert.equal(edited('a\nb', { line: 'x', insertBefore: '^b' }), 'a\nx\nb');
    assert.equal(edited('a\nb\n', { line: 'x', insertBefore: 'top' }), 'x\na\nb\n');
    assert.equal(edited('', { line: 'x', insertBefore: 'top' }), 'x\n');
  });

  it('removes every line that matches or equals', () => {
    assert.equal(edited('a\nb\na\n', { line: 'a', state: 'absent' }), 'b\n');
    assert.equal(edited('a1\nb\na2', { match: '^a', state: 'absent' }), 'b');
    assert.equal(edited('a\n', { match: 'a', state: 'absent' }), '');
    assert.equal(edited('b\n', { match: 'a', state: 'absent' }), undefined);
  });

  it('needs the file, unless it may make it or an earlier task will', () => {
    const missing = { code: 0, stdout: 'absent', stderr: '' };
    assert.throws(() => line({ path: '/f', line: 'x' }).assess(missing, []), /create: true/);
    const made = line({ path: '/f', line: 'x', create: true }).assess(missing, []);
    assert.deepEqual(made.changes, [
      { what: 'file', from: 'absent', to: 'present', text: { before: '', after: 'x\n', path: '/f' } },
    ]);
    const pending = [{ task: 'file /f', claims: { 'file /f': 'abc' } }];
    assert.deepEqual(whats(line({ path: '/f', line: 'x' }).assess(missing, pending).changes), ['file']);
    assert.deepEqual(line({ path: '/f', line: 'x', state: 'absent' }).assess(missing, []).changes, []);
  });

  it('refuses what it could only spoil', () => {
    const task = line({ path: '/f', line: 'x' });
    const latin = {
      code: 0,
      stdout: `1:81a4:0:0:root:root\n${Buffer.from([0xe9]).toString('base64')}`,
      stderr: '',
    };
    assert.throws(() => task.assess(latin, []), /not UTF-8/);
    assert.throws(() => task.assess({ ...latin, stdout: '9999999:81a4:0:0:root:root' }, []), /too large/);
    assert.throws(
      () => task.assess({ ...latin, stdout: '4096:41ed:0:0:root:root' }, []),
      /not a regular file/,
    );
  });

  it('refuses wishes that make no sense', () => {
    assert.throws(() => line({ path: '/f' }), /needs the line/);
    assert.throws(() => line({ path: '/f', state: 'absent' }), /line or match/);
    assert.throws(() => line({ path: '/f', line: 'a\nb' }), /single line/);
    assert.throws(() => line({ path: '/f', line: 'a', match: '(' }), /Invalid regular expression/);
    assert.throws(() => line({ path: '/f', line: 'a', insertAfter: 'x', insertBefore: 'y' }), /either/);
  });

  it('gets along with another line of the file, not with the whole file', () => {
    assert.deepEqual(line({ path: '/f', line: 'a 1', match: '^a' }).claims, {
      'file /f': 'lines',
      'line /f ^a': 'a 1',
    });
    assert.deepEqual(line({ path: '/f', line: 'b', state: 'absent' }).claims, {
      'file /f': 'lines',
      'line /f b': 'absent',
    });
  });

  it('keeps a secret out of changes, titles and claims', () => {
    const task = line({ path: '/f', line: secret('password = hunter2'), match: '^password' });
    const { changes, apply } = task.assess(reply('a\n'), []);
    assert.deepEqual(changes, [{ what: 'line', to: '***' }]);
    assert.doesNotMatch(JSON.stringify([task.claims, task.title, apply().script]), /hunter2/);
  });
});

inEveryShell('line', (box) => {
  it('edits a file with any text in it', async () => {
    for (const [i, value] of HOSTILE.entries()) {
      const path = box().path(`${i} ${value}`);
      writeFileSync(path, `${HOSTILE.join('\n')}\n`, { mode: 0o640 });
      const text = `${value.replaceAll('\n', ' ')} added`;
      await converge(box(), line({ path, line: text }));
      assert.equal(readFileSync(path, 'utf8'), `${HOSTILE.join('\n')}\n${text}\n`);
      assert.equal(statSync(path).mode & 0o7777, 0o640);
      await converge(box(), line({ path, line: text, state: 'absent' }));
      assert.equal(readFileSync(path, 'utf8'), `${HOSTILE.join('\n')}\n`);
    }
    assert.ok(!existsSync(box().path('pwned')));
  });

  it('makes a file, and lets a check refuse', async () => {
    const path = box().path('f');
    await converge(box(), line({ path, line: 'ok', create: true, mode: '0600' }));
    assert.equal(statSync(path).mode & 0o7777, 0o600);
    const task = line({
      path,
      line: 'bad',
      validate: (candidate) => sh`! grep bad ${candidate}
false`,
    });
    assert.match((await applyOnce(box(), task)).reply?.stderr ?? '', /didn't pass its check/);
    assert.equal(readFileSync(path, 'utf8'), 'ok\n');
  });

  it('fails rather than undo what somebody else did meanwhile', async () => {
    const path = box().path('f');
    writeFileSync(path, 'a\n');
    const { apply } = await look(box(), line({ path, line: 'b' }));
    writeFileSync(path, 'theirs\n');
    const { code, stderr } = await box().run(apply().script, { setE: true });
    assert.equal(code, 1);
    assert.match(stderr, /changed by someone else meanwhile/);
    assert.equal(readFileSync(path, 'utf8'), 'theirs\n');
    const made = await look(box(), line({ path: box().path('g'), line: 'b', create: true }));
    writeFileSync(box().path('g'), 'theirs\n');
    assert.equal((await box().run(made.apply().script, { setE: true })).code, 1);
    assert.deepEqual(readdirSync(box().root), ['.sandbox', 'f', 'g']);
  });

  it('converges after a crash', async function () {
    if (!box().canReplaceTools) this.skip();
    const path = box().path('f');
    writeFileSync(path, 'a\n');
    const { apply } = await look(box(), line({ path, line: 'b' }));
    box().crashAt('mv', 'before');
    await box().run(apply().script, { setE: true });
    box().remove('mv');
    assert.equal(readFileSync(path, 'utf8'), 'a\n');
    await converge(box(), line({ path, line: 'b' }));
    assert.deepEqual(readdirSync(box().root), ['.sandbox', 'f']);
  });
});
