import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { directory } from '../../lib/tasks/directory.ts';
import { applyOnce, converge, HOSTILE, inEveryShell, look } from '../support/sandbox.ts';

const reply = (stdout: string) => ({ code: 0, stdout, stderr: '' });

describe('directory', () => {
  const task = directory({ path: '/srv/data/', owner: 'app', mode: '2750' });

  it('compares kind, owner and mode', () => {
    assert.deepEqual(task.assess(reply('4096:45e8:5:5:app:app'), []).changes, []);
    assert.deepEqual(task.assess(reply('4096:41ed:0:0:root:root'), []).changes, [
      { what: 'owner', from: 'root', to: 'app' },
      { what: 'mode', from: '0755', to: '2750' },
    ]);
    for (const nothing of ['absent', 'orphan']) {
      assert.deepEqual(task.assess(reply(nothing), []).changes, [
        { what: 'directory', from: 'absent', to: 'present' },
      ]);
    }
  });

  it('says what stands in the way', () => {
    assert.throws(() => task.assess(reply('1:81a4:0:0:root:root'), []), /not a directory/);
    assert.throws(() => task.assess(reply('dangling'), []), /link to nothing/);
  });

  it('is made closed, then opened for its owner', () => {
    assert.equal(
      String(task.assess(reply('orphan'), []).apply().script)
        .split('\n')
        .slice(0, 4)
        .join('\n'),
      '(umask 022; mkdir -p -- /srv)\n[ -d /srv/data ] || mkdir -m 0700 -- /srv/data' +
        '\nchown app /srv/data\nchmod 2750 /srv/data',
    );
  });

  it('claims the same name as a file of that path', () => {
    assert.deepEqual(task.claims, { 'file /srv/data': 'directory app 2750' });
  });

  it('refuses wishes that make no sense', () => {
    assert.throws(
      () => directory({ path: '/etc', state: 'absent', recurse: true }),
      /refusing to remove \/etc/,
    );
    assert.throws(() => directory({ path: '/srv/x', recurse: true }), /state: 'absent' only/);
    assert.throws(() => directory({ path: 'x' }), /absolute/);
  });
});

inEveryShell('directory', (box) => {
  it('makes directories of any name, with their parents', async () => {
    for (const name of HOSTILE) {
      const path = box().path('a', name, name);
      await converge(box(), directory({ path }));
      assert.equal(statSync(path).mode & 0o7777, 0o755);
      assert.deepEqual((await converge(box(), directory({ path }))).changes, []);
      await converge(box(), directory({ path: box().path('a', name), state: 'absent', recurse: true }));
      assert.ok(!existsSync(box().path('a', name)));
    }
    assert.ok(!existsSync(box().path('pwned')));
  });

  it('repairs the mode, also of one half made', async () => {
    const path = box().path('d');
    mkdirSync(path);
    chmodSync(path, 0o700);
    await converge(box(), directory({ path, mode: '1777' }));
    assert.equal(statSync(path).mode & 0o7777, 0o1777);
  });

  it('counts a link to a directory as one', async () => {
    mkdirSync(box().path('real'));
    symlinkSync('real', box().path('link'));
    assert.deepEqual((await look(box(), directory({ path: box().path('link') }))).changes, []);
  });

  it('removes an empty one, a full one only with recurse, a link never', async () => {
    const path = box().path('d');
    mkdirSync(path);
    await converge(box(), directory({ path, state: 'absent' }));
    for (const name of ['.hidden', '..x', 'plain']) {
      mkdirSync(path);
      writeFileSync(box().path('d', name), '');
      await assert.rejects(look(box(), directory({ path, state: 'absent' })), /not empty/);
      await converge(box(), directory({ path, state: 'absent', recurse: true }));
    }
    symlinkSync('/', path);
    await assert.rejects(look(box(), directory({ path, state: 'absent', recurse: true })), /symbolic link/);
    assert.ok(readdirSync('/').length > 0);
  });

  it('fails clearly where no directory can be', async () => {
    writeFileSync(box().path('f'), '');
    await assert.rejects(look(box(), directory({ path: box().path('f') })), /not a directory/);
    const { reply: said } = await applyOnce(box(), directory({ path: box().path('f', 'below') }));
    assert.notEqual(said?.code, 0);
    assert.match(said?.stderr ?? '', /mkdir/);
  });
});
