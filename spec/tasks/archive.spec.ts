import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArchiveWant, archive } from '../../lib/tasks/archive.ts';
import { localFile } from '../../lib/tasks/support/checksum.ts';
import { applyOnce, converge, HOSTILE, inEveryShell, look } from '../support/sandbox.ts';

const folder = mkdtempSync(join(tmpdir(), 'ts-play-archive-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A tar archive with `app-VERSION/bin/run` and a link in it. */
function pack(version: string, flag = '-z'): { readonly path: string; readonly sha256: string } {
  const path = join(folder, `app-${version}${flag}.tar`);
  mkdirSync(join(folder, `app-${version}`, 'bin'), { recursive: true });
  writeFileSync(join(folder, `app-${version}`, 'bin', 'run'), version, { mode: 0o755 });
  rmSync(join(folder, `app-${version}`, 'link'), { force: true });
  symlinkSync('bin/run', join(folder, `app-${version}`, 'link'));
  const { status } = spawnSync('tar', ['-c', flag, '-f', path, '-C', folder, `app-${version}`]);
  assert.equal(status, 0);
  return { path, sha256: localFile(path).sha256 };
}

const sha256 = 'ab'.repeat(32);
const reply = (stdout: string) => ({ code: 0, stdout, stderr: '' });
const DIRECTORY = '4096:41ed:0:0:root:root';

describe('archive', () => {
  const want = { source: { url: 'https://example.org/app.tar.gz?x' }, sha256, to: '/opt/app' } as const;

  it('compares the stamp', () => {
    const changes = (stdout: string, more: Partial<ArchiveWant> = {}) =>
      archive({ ...want, ...more }).assess(reply(stdout), []).changes;
    assert.deepEqual(changes(`${DIRECTORY}\nfull\n${sha256}`), []);
    assert.deepEqual(changes(`${DIRECTORY}\nfull\n${'cd'.repeat(32)}`), [
      { what: 'archive', from: 'cdcdcdcdcdcd', to: 'abababababab' },
    ]);
    assert.equal(changes(`${DIRECTORY}\nfull\n${sha256}`, { strip: 1 }).length, 1);
    assert.deepEqual(changes(`${DIRECTORY}\nfull\n${sha256} strip=1`, { strip: 1 }), []);
    assert.deepEqual(changes(`${DIRECTORY}\nempty\n`), [
      { what: 'archive', from: 'absent', to: 'abababababab' },
    ]);
    assert.deepEqual(changes('orphan'), [{ what: 'archive', from: 'absent', to: 'abababababab' }]);
    assert.deepEqual(changes(`${DIRECTORY}\nfull\n${sha256}`, { owner: 'app' }), [
      { what: 'owner', from: 'root', to: 'app' },
    ]);
  });

  it('spares what it did not unpack', () => {
    assert.throws(() => archive(want).assess(reply(`${DIRECTORY}\nfull\n`), []), /no archive task put there/);
    assert.equal(
      archive({ ...want, force: true }).assess(reply(`${DIRECTORY}\nfull\n`), []).changes.length,
      1,
    );
    assert.throws(() => archive(want).assess(reply('1:81a4:0:0:root:root'), []), /not a directory/);
  });

  it('finds a wrong or missing file or sum before any host is asked', () => {
    const packed = pack('1');
    assert.throws(
      () => archive({ source: { path: packed.path }, sha256, to: '/opt/app' }),
      new RegExp(`has sha256 ${packed.sha256}, not ${sha256}`),
    );
    assert.throws(() => archive({ ...want, sha256: 'abc' }), /64 hexadecimal/);
    assert.throws(() => archive({ ...want, source: { path: '/nowhere/x' } }), /can't read \/nowhere\/x/);
    assert.throws(() => archive({ ...want, source: { url: 'ftp://x/y' } }), /http\(s\)/);
    assert.throws(() => archive({ ...want, source: { url: 'https://u:p@x/y' } }), /can't hold a login/);
    assert.throws(() => archive({ ...want, to: '/' }), /can't be unpacked as/);
    assert.throws(() => archive({ ...want, strip: -1 }), /strip/);
  });

  it('is titled by its file', () => {
    assert.equal(archive(want).title, 'archive app.tar.gz in /opt/app');
    assert.match(archive(want).claims['file /opt/app'] ?? '', /^archive /);
  });
});

inEveryShell('archive', (box) => {
  it('unpacks, replaces as a whole, keeps links and modes', async () => {
    const to = box().path('opt', 'app');
    for (const version of ['1', '2']) {
      const packed = pack(version);
      await converge(box(), archive({ source: packed, sha256: packed.sha256.toUpperCase(), to, strip: 1 }));
      assert.deepEqual(readdirSync(to).toSorted(), ['.ts-play-archive', 'bin', 'link']);
      assert.equal(readFileSync(join(to, 'link'), 'utf8'), version);
      assert.equal(statSync(to).mode & 0o7777, 0o755);
      assert.deepEqual(readdirSync(box().path('opt')), ['app']);
    }
    await converge(box(), archive({ source: pack('2'), ...pack('2'), to, strip: 1, mode: '0700' }));
    assert.equal(statSync(to).mode & 0o7777, 0o700);
  });

  it('knows the usual ways of packing', async () => {
    for (const flag of ['-z', '-j', '-J', '-v']) {
      const packed = pack('1', flag);
      const to = box().path(flag);
      await converge(box(), archive({ source: packed, sha256: packed.sha256, to }));
      assert.equal(readFileSync(join(to, 'app-1/bin/run'), 'utf8'), '1');
    }
  });

  it('takes any name', async () => {
    const packed = pack('1');
    for (const name of HOSTILE) {
      const to = box().path('x', name, name);
      await converge(
        box(),
        archive({ source: packed, sha256: packed.sha256, to, owner: String(process.getuid?.()) }),
      );
      assert.ok(existsSync(join(to, 'app-1')));
    }
    assert.ok(!existsSync(box().path('pwned')));
  });

  it('leaves the old one when the new one does not unpack', async () => {
    const to = box().path('app');
    const packed = pack('1');
    await converge(box(), archive({ source: packed, sha256: packed.sha256, to }));
    writeFileSync(join(folder, 'bad'), 'not an archive');
    const bad = localFile(join(folder, 'bad'));
    const { reply: said } = await applyOnce(box(), archive({ source: bad, sha256: bad.sha256, to }));
    assert.notEqual(said?.code, 0);
    assert.ok(existsSync(join(to, 'app-1')));
    assert.deepEqual(readdirSync(box().root), ['.sandbox', 'app', 'var']);
  });

  it('converges after a crash at any step, and brings back what it had moved away', async function () {
    if (!box().canReplaceTools) this.skip();
    const to = box().path('app');
    const [one, two] = [pack('1'), pack('2')];
    const points = [
      ['mktemp', 1],
      ['tar', 1],
      ['chmod', 1],
      ['mv', 1],
      ['mv', 2],
      ['rm', 1],
      ['rm', 2],
    ] as const;
    for (const [step, nth] of points) {
      for (const when of ['before', 'after'] as const) {
        await converge(box(), archive({ source: one, sha256: one.sha256, to }));
        const task = archive({ source: two, sha256: two.sha256, to });
        box().crashAt(step, when, nth);
        const { reply: said } = await applyOnce(box(), task);
        box().remove(step);
        assert.equal(said?.code, 137, `${step} ${nth} ${when}`);
        await converge(box(), task);
        assert.ok(existsSync(join(to, 'app-2')), `${step} ${nth} ${when}`);
        await converge(box(), archive({ source: one, sha256: one.sha256, to }));
        assert.deepEqual(readdirSync(box().root), ['.sandbox', 'app', 'var'], `${step} ${nth} ${when}`);
      }
    }
    const interrupted = archive({ source: two, sha256: two.sha256, to });
    box().crashAt('mv', 'after', 1);
    await applyOnce(box(), interrupted);
    box().remove('mv');
    const { apply } = await look(box(), interrupted);
    box().standIn('tar', 'exit 2');
    await box().run(apply().script, { setE: true });
    assert.ok(existsSync(join(to, 'app-1')), 'the old one is back although the new one failed');
  });
});

describe('archive from an address', () => {
  let server: Server;
  let base: string;
  const packed = pack('3');
  before(async () => {
    server = createServer((request, response) => {
      if (request.url?.endsWith('.tar')) response.end(readFileSync(packed.path));
      else response.writeHead(404).end('gone');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  inEveryShell('fetched on the host', (box) => {
    for (const tool of ['curl', 'wget']) {
      it(`with ${tool}`, async function () {
        if (!box().allow(tool) || (tool === 'wget' && !box().canReplaceTools)) this.skip();
        const to = box().path('app');
        await converge(
          box(),
          archive({ source: { url: `${base}/a.tar` }, sha256: packed.sha256, to, strip: 1 }),
        );
        assert.equal(readFileSync(join(to, 'bin/run'), 'utf8'), '3');
        const other = box().path('other');
        const wrong = await applyOnce(
          box(),
          archive({ source: { url: `${base}/a.tar` }, sha256, to: other }),
        );
        assert.equal(wrong.reply?.code, 1);
        assert.match(wrong.reply?.stderr ?? '', new RegExp(`has sha256 ${packed.sha256}, not ${sha256}`));
        const gone = await applyOnce(box(), archive({ source: { url: `${base}/gone` }, sha256, to: other }));
        assert.notEqual(gone.reply?.code, 0);
        assert.deepEqual(readdirSync(box().root), ['.sandbox', 'app']);
      });
    }

    it('or not at all, with a clear word', async function () {
      if (!box().canReplaceTools) this.skip();
      const task = archive({
        source: { url: `${base}/a.tar` },
        sha256: packed.sha256,
        to: box().path('app'),
      });
      const { reply: said } = await applyOnce(box(), task);
      assert.match(said?.stderr ?? '', /neither curl nor wget is on the host/);
    });
  });
});
