import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { file } from '../../lib/tasks/file.ts';
import { sha256Of } from '../../lib/tasks/support/checksum.ts';
import { secret } from '../../lib/util/secret.ts';
import { sh } from '../../lib/util/sh.ts';
import { applyOnce, converge, HOSTILE, inEveryShell, look, Sandbox, whats } from '../support/sandbox.ts';

const reply = (stdout: string) => ({ code: 0, stdout, stderr: '' });
const asRoot = process.getuid?.() === 0;

describe('file', () => {
  const motd = file({ path: '/etc/motd', content: 'hello\n', mode: '0644', owner: 'root' });
  const sum = sha256Of('hello\n');

  it('is converged when content, owner and mode are as wanted', () => {
    assert.deepEqual(motd.assess(reply(`6:81a4:0:0:root:root\n${sum}`), []).changes, []);
  });

  it('names what differs, with both texts', () => {
    const old = Buffer.from('bye\n').toString('base64');
    const { changes } = motd.assess(reply(`4:8180:1000:0:ann:root\n${sha256Of('bye\n')}\n${old}`), []);
    assert.deepEqual(changes, [
      { what: 'content', text: { before: 'bye\n', after: 'hello\n', path: '/etc/motd' } },
      { what: 'owner', from: 'ann', to: 'root' },
      { what: 'mode', from: '0600', to: '0644' },
    ]);
  });

  it('compares numeric owners by number', () => {
    const task = file({ path: '/f', content: 'hello\n', owner: '1000', group: '0' });
    assert.deepEqual(task.assess(reply(`6:81a4:1000:0:ann:root\n${sum}`), []).changes, []);
    assert.deepEqual(whats(task.assess(reply(`6:81a4:0:5:root:UNKNOWN\n${sum}`), []).changes), [
      'owner',
      'group',
    ]);
  });

  it('gives no text of binary or untold content', () => {
    const { changes } = motd.assess(reply(`9:81a4:0:0:root:root\n${sha256Of('x')}`), []);
    assert.deepEqual(changes, [{ what: 'content' }]);
  });

  it('says what stands in the way', () => {
    assert.throws(() => motd.assess(reply('4096:41ed:0:0:root:root'), []), /\/etc\/motd is a directory/);
    assert.throws(() => motd.assess(reply('0:11a4:0:0:root:root'), []), /not a regular file/);
    assert.throws(() => motd.assess(reply('denied'), []), /no permission/);
    assert.throws(() => motd.assess(reply(''), []), /no answer/);
    assert.throws(() => motd.assess(reply('6:81a4:0:0:root:root\n'), []), /can't read \/etc\/motd/);
  });

  it('needs the parent directory, or one that is about to be made', () => {
    const task = file({ path: '/srv/a/b', content: '' });
    assert.throws(() => task.assess(reply('orphan'), []), /the directory \/srv\/a doesn't exist/);
    const other = [{ task: 'x', claims: { 'file /srv/b': 'directory' } }];
    assert.throws(() => task.assess(reply('orphan'), other), /doesn't exist/);
    const parent = [{ task: 'directory /srv/a', claims: { 'file /srv/a': 'directory' } }];
    assert.deepEqual(whats(task.assess(reply('orphan'), parent).changes), ['file']);
  });

  it('refuses wishes that make no sense', () => {
    assert.throws(() => file({ path: 'etc/motd', content: '' }), /not an absolute path/);
    assert.throws(() => file({ path: '/etc/../motd', content: '' }), /'\.\.'/);
    assert.throws(() => file({ path: '/etc/motd', content: '', mode: '644x' }), /octal/);
    assert.throws(() => file({ path: '/etc/motd', content: '', owner: '-R' }), /not a name/);
    assert.throws(
      () => file({ path: '/etc/motd', source: '/nowhere/at-all' }),
      /can't read \/nowhere\/at-all/,
    );
    assert.throws(() => file({ path: '/k', content: secret('x'), mode: '0644' }), /open it to everyone/);
    // @ts-expect-error: neither content nor source
    assert.throws(() => file({ path: '/etc/motd' }), /either content or source/);
  });

  it('claims its normalised path, alike for the same wish and differently for another', () => {
    const claim = (content: string) => file({ path: '//etc//motd', content }).claims['file /etc/motd'];
    assert.equal(claim('a'), claim('a'));
    assert.notEqual(claim('a'), claim('b'));
  });

  it('keeps a secret out of everything but the script in the clear', () => {
    const task = file({ path: '/k', content: secret('s3cret value') });
    const { changes, apply } = task.assess(reply('absent'), []);
    const { script } = apply();
    assert.deepEqual(changes, [{ what: 'file', from: 'absent', to: 'present' }]);
    assert.doesNotMatch(
      JSON.stringify([changes, script, task.claims, task.title, task.probe.script]),
      /s3cret/,
    );
    for (const text of [String(script), task.probe.script.reveal()])
      assert.ok(!text.includes(sha256Of('s3cret value')));
    assert.match(script.reveal(), /printf %s 's3cret value' >"\$candidate"/);
  });

  it('closes a secret that everyone may read, and keeps what its group may', () => {
    const task = file({ path: '/k', content: secret('x') });
    assert.deepEqual(task.assess(reply(`1:81a4:0:0:root:root\n${sha256Of('x')}`), []).changes, [
      { what: 'mode', from: '0644', to: '0640' },
    ]);
  });

  it('changes attributes in place when the content is right', () => {
    const assessed = motd.assess(reply(`6:8180:5:0:games:root\n${sum}`), []);
    assert.equal(String(assessed.apply().script), 'chown root /etc/motd\nchmod 0644 /etc/motd');
  });

  it('sends a large local file beside the script, a short one in it', () => {
    const box = new Sandbox();
    try {
      writeFileSync(box.path('large'), Buffer.alloc(300_000, 'x'));
      writeFileSync(box.path('short'), 'text');
      const large = file({ path: '/f', source: box.path('large') })
        .assess(reply('absent'), [])
        .apply();
      assert.deepEqual(large.uploads, [{ from: box.path('large'), sha256: sha256Of('x'.repeat(300_000)) }]);
      const short = file({ path: '/f', source: box.path('short') })
        .assess(reply('absent'), [])
        .apply();
      assert.equal(short.uploads, undefined);
    } finally {
      box.dispose();
    }
  });
});

inEveryShell('file', (box) => {
  it('makes, changes and keeps a file', async () => {
    const path = box().path('motd');
    const task = file({ path, content: 'hello\n' });
    assert.deepEqual(whats((await converge(box(), task)).changes), ['file']);
    assert.equal(readFileSync(path, 'utf8'), 'hello\n');
    assert.equal(statSync(path).mode & 0o7777, 0o644);
    assert.deepEqual((await converge(box(), task)).changes, []);
    chmodSync(path, 0o750);
    const { changes } = await converge(box(), file({ path, content: 'bye' }));
    assert.deepEqual(changes, [{ what: 'content', text: { before: 'hello\n', after: 'bye', path } }]);
    assert.equal(statSync(path).mode & 0o7777, 0o750, 'the mode is kept when not asked for');
    assert.deepEqual(readdirSync(box().root), ['.sandbox', 'motd']);
  });

  it('takes any name and any content', async () => {
    for (const [i, value] of [...HOSTILE, '', 'nul\0byte\\0101', '\r\n', '\n\n', '\ufeffbom'].entries()) {
      const name = value.replaceAll(/[/\0]/g, '') || 'empty';
      mkdirSync(box().path(`${i} ${name}`));
      const path = box().path(`${i} ${name}`, name);
      await converge(box(), file({ path, content: i % 2 ? value : secret(value) }));
      assert.equal(readFileSync(path, 'utf8'), value);
      await converge(box(), file({ path, state: 'absent' }));
      assert.equal(existsSync(path), false);
    }
    assert.equal(existsSync(box().path('pwned')), false);
  });

  it('shows the text of what it replaces, whatever it ends with', async () => {
    const path = box().path('f');
    for (const before of ['a\n', 'a', 'a\n\n', '']) {
      writeFileSync(path, before);
      const { changes } = await look(box(), file({ path, content: 'after' }));
      assert.equal(changes[0]?.text?.before, before);
    }
    writeFileSync(path, Buffer.from([0xff, 0xfe, 0]));
    const { changes } = await look(box(), file({ path, content: 'after' }));
    assert.deepEqual(changes, [{ what: 'content' }]);
  });

  it('lays down a file that was sent beside', async () => {
    const from = box().path('from');
    writeFileSync(from, Buffer.from([0, 1, 2, 255]));
    const path = box().path('to');
    await converge(box(), file({ path, source: from, mode: '0600' }));
    assert.deepEqual(readFileSync(path), Buffer.from([0, 1, 2, 255]));
  });

  it('leaves a file alone when the check of the new content fails', async () => {
    const path = box().path('conf');
    writeFileSync(path, 'good\n');
    const check = (candidate: ReturnType<typeof sh>) => sh`grep -q good ${candidate}
echo after`;
    const { reply } = await applyOnce(box(), file({ path, content: 'bad\n', validate: check }));
    assert.notEqual(reply?.code, 0);
    assert.match(reply?.stderr ?? '', /didn't pass its check: the file stays as it was/);
    assert.equal(readFileSync(path, 'utf8'), 'good\n');
    assert.deepEqual(readdirSync(box().root), ['.sandbox', 'conf']);
    await converge(box(), file({ path, content: 'good, too\n', validate: check }));
    assert.equal(readFileSync(path, 'utf8'), 'good, too\n');
  });

  it('never opens a secret, not even the copy beside', async function () {
    if (!box().canReplaceTools) this.skip();
    box().standIn('chmod', `ls -l @ROOT@/.k* >@ROOT@/seen; exec @ROOT@/.sandbox/tools/chmod "$@"`);
    await converge(box(), file({ path: box().path('k'), content: secret('x'), mode: '0640' }));
    assert.match(readFileSync(box().path('seen'), 'utf8'), /^-rw------- /);
    assert.equal(statSync(box().path('k')).mode & 0o7777, 0o640);
  });

  it('keeps the old file when asked, as closed as it was', async () => {
    const path = box().path('k');
    writeFileSync(path, 'old', { mode: 0o600 });
    await converge(box(), file({ path, content: 'new', backup: true }));
    const [copy = ''] = readdirSync(box().root).filter((name) => /^k\.\d{8}-\d{6}~$/.test(name));
    assert.equal(readFileSync(box().path(copy), 'utf8'), 'old');
    assert.equal(statSync(box().path(copy)).mode & 0o7777, 0o600);
  });

  it('writes through a symbolic link, also to nothing yet; absent removes the link', async () => {
    mkdirSync(box().path('real dir'));
    symlinkSync(box().path('real dir', 'target'), box().path('link'));
    const path = box().path('link');
    await converge(box(), file({ path, content: 'one' }));
    await converge(box(), file({ path, content: 'two' }));
    assert.equal(readFileSync(box().path('real dir', 'target'), 'utf8'), 'two');
    assert.equal(readlinkSync(path), box().path('real dir', 'target'));
    await converge(box(), file({ path, state: 'absent' }));
    assert.equal(lstatSync(path, { throwIfNoEntry: false }), undefined);
    assert.ok(existsSync(box().path('real dir', 'target')));
  });

  it('says when a link leads nowhere a file could be', async () => {
    const path = box().path('link');
    for (const to of [box().path('no/such/dir'), path]) {
      symlinkSync(to, path);
      const { reply: said } = await applyOnce(box(), file({ path, content: 'x' }));
      assert.notEqual(said?.code, 0);
      assert.match(said?.stderr ?? '', /leads nowhere|doesn't exist/);
      await converge(box(), file({ path, state: 'absent' }));
    }
  });

  it('refuses directories', async () => {
    mkdirSync(box().path('d'));
    await assert.rejects(look(box(), file({ path: box().path('d'), content: '' })), /is a directory/);
    await assert.rejects(look(box(), file({ path: box().path('d'), state: 'absent' })), /is a directory/);
    await assert.rejects(look(box(), file({ path: box().path('no/f'), content: '' })), /doesn't exist/);
    assert.deepEqual((await look(box(), file({ path: box().path('no/f'), state: 'absent' }))).changes, []);
  });

  it('is whole and converges after a crash at any step', async function () {
    if (!box().canReplaceTools) this.skip();
    const path = box().path('f');
    for (const step of ['mktemp', 'sha256sum', 'chmod', 'sync', 'mv'] as const) {
      for (const when of ['before', 'after'] as const) {
        writeFileSync(path, 'old');
        const task = file({ path, content: 'new\n', mode: '0640' });
        const { apply } = await look(box(), task);
        box().crashAt(step, when);
        const { code } = await box().run(apply().script, { setE: true });
        box().remove(step);
        assert.notEqual(code, 0, `${step} ${when}`);
        assert.match(readFileSync(path, 'utf8'), /^(old|new\n)$/);
        await converge(box(), task);
        await converge(box(), file({ path, content: 'newer' }));
        assert.deepEqual(readdirSync(box().root), ['.sandbox', 'f'], `${step} ${when}`);
      }
    }
  });

  it('says so when the content does not arrive whole', async function () {
    if (!box().canReplaceTools) this.skip();
    const task = file({ path: box().path('f'), content: 'x' });
    const { apply } = await look(box(), task);
    box().standIn('sha256sum', 'echo 0000  -');
    const { code, stderr } = await box().run(apply().script, { setE: true });
    assert.equal(code, 1);
    assert.match(stderr, /did not arrive whole/);
    assert.deepEqual(readdirSync(box().root), ['.sandbox']);
  });

  it('keeps an SELinux label, and gives a new file its own', async () => {
    for (const name of ['selinuxenabled', 'chcon', 'restorecon']) box().standIn(name);
    const path = box().path('f');
    await converge(box(), file({ path, content: 'x' }));
    assert.deepEqual(
      box()
        .calls()
        .filter(([name]) => name !== 'selinuxenabled'),
      [['restorecon', path]],
    );
    await converge(box(), file({ path, content: 'y' }));
    const [label = []] = box()
      .calls()
      .filter(([name]) => name !== 'selinuxenabled');
    assert.deepEqual(label.slice(0, 2), ['chcon', `--reference=${path}`]);
  });

  it('sets owner and group', async function () {
    if (!asRoot) this.skip();
    const path = box().path('f');
    await converge(box(), file({ path, content: 'x', owner: '65534', group: '12' }));
    assert.deepEqual([statSync(path).uid, statSync(path).gid], [65534, 12]);
    await converge(box(), file({ path, content: 'y' }));
    assert.deepEqual([statSync(path).uid, statSync(path).gid], [65534, 12]);
    await converge(box(), file({ path, content: 'y', group: '0', mode: '4755' }));
    assert.equal(statSync(path).mode & 0o7777, 0o4755);
  });

  it('is asked with two programs when converged, with none when absent', async function () {
    if (!box().canReplaceTools) this.skip();
    const task = file({ path: box().path('f'), content: 'x' });
    writeFileSync(box().path('f'), 'x');
    box().recordTools();
    const asked = async () => {
      await look(box(), task);
      return box()
        .calls()
        .map(([name]) => name)
        .filter((name) => name !== 'cat');
    };
    assert.deepEqual(await asked(), ['stat', 'sha256sum']);
    rmSync(box().path('f'));
    assert.deepEqual(await asked(), []);
  });
});
