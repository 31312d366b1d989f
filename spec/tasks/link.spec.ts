import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { link } from '../../lib/tasks/link.ts';
import { applyOnce, converge, HOSTILE, inEveryShell, look } from '../support/sandbox.ts';

const reply = (stdout: string) => ({ code: 0, stdout, stderr: '' });

describe('link', () => {
  const task = link({ path: '/opt/current', to: '/opt/v2' });

  it('compares what the link says', () => {
    assert.deepEqual(task.assess(reply('link\n/opt/v2'), []).changes, []);
    assert.deepEqual(task.assess(reply('link\n/opt/v1'), []).changes, [
      { what: 'target', from: '/opt/v1', to: '/opt/v2' },
    ]);
    assert.deepEqual(task.assess(reply('absent'), []).changes, [
      { what: 'link', from: 'absent', to: '/opt/v2' },
    ]);
    assert.throws(() => task.assess(reply('directory'), []), /is a directory: say force/);
    assert.throws(() => task.assess(reply('other'), []), /is a file: say force/);
    assert.throws(() => task.assess(reply('orphan'), []), /directory \/opt doesn't exist/);
    assert.throws(() => task.assess(reply('what?'), []), /no answer/);
    const pending = [{ task: 'd', claims: { 'file /opt': 'directory' } }];
    assert.equal(task.assess(reply('orphan'), pending).changes.length, 1);
  });

  it('claims the same name as a file of that path', () => {
    assert.deepEqual(task.claims, { 'file /opt/current': 'link → /opt/v2' });
  });

  it('refuses wishes that make no sense', () => {
    assert.throws(() => link({ path: '/a', to: '' }), /something to point to/);
    assert.throws(() => link({ path: '/', to: 'x' }), /can't be a link/);
  });
});

inEveryShell('link', (box) => {
  it('takes any name and any target, and turns to another one', async () => {
    for (const value of HOSTILE) {
      mkdirSync(box().path(`d ${value}`));
      const path = box().path(`d ${value}`, value);
      await converge(box(), link({ path, to: `${value}x` }));
      assert.equal(readlinkSync(path), `${value}x`);
      await converge(box(), link({ path, to: '/' }));
      assert.equal(readlinkSync(path), '/');
      assert.deepEqual(readdirSync(box().path(`d ${value}`)), [value]);
    }
    assert.ok(!existsSync(box().path('pwned')));
  });

  it('replaces something else only when forced, and never a full directory', async () => {
    writeFileSync(box().path('f'), 'x');
    await assert.rejects(look(box(), link({ path: box().path('f'), to: 'g' })), /force/);
    await converge(box(), link({ path: box().path('f'), to: 'g', force: true }));
    mkdirSync(box().path('d'));
    await converge(box(), link({ path: box().path('d'), to: 'g', force: true }));
    mkdirSync(box().path('full'));
    writeFileSync(box().path('full', 'x'), 'kept');
    const { reply: said } = await applyOnce(box(), link({ path: box().path('full'), to: 'g', force: true }));
    assert.notEqual(said?.code, 0);
    assert.equal(readFileSync(box().path('full', 'x'), 'utf8'), 'kept');
  });

  it('is never missing and converges after a crash at any step', async function () {
    if (!box().canReplaceTools) this.skip();
    const path = box().path('current');
    for (const step of ['rm', 'ln', 'mv']) {
      for (const when of ['before', 'after'] as const) {
        await converge(box(), link({ path, to: 'old' }));
        const { apply } = await look(box(), link({ path, to: 'new' }));
        box().crashAt(step, when);
        assert.notEqual((await box().run(apply().script, { setE: true })).code, 0);
        box().remove(step);
        assert.match(readlinkSync(path), /^(old|new)$/);
        await converge(box(), link({ path, to: 'new' }));
        await converge(box(), link({ path, to: 'newer' }));
        assert.deepEqual(readdirSync(box().root), ['.sandbox', 'current']);
      }
    }
  });

  it('works on a link to a directory, and on one to nothing', async () => {
    mkdirSync(box().path('dir'));
    symlinkSync('dir', box().path('l'));
    await converge(box(), link({ path: box().path('l'), to: 'nothing' }));
    assert.deepEqual(readdirSync(box().path('dir')), []);
    await converge(box(), link({ path: box().path('l'), to: 'dir' }));
  });
});
