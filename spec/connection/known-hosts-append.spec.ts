import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rememberHostKey } from '../../lib/connection/known-hosts-append.ts';
import { newKey } from './keys.ts';

describe('rememberHostKey', () => {
  let dir: string;
  const host = { address: '127.0.0.1', port: 2222 };
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ts-play-known-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('creates the file and its folder with access only for the user', async () => {
    const file = join(dir, '.ssh', 'known_hosts');
    const key = newKey();
    await rememberHostKey(file, host, key.blob);
    assert.equal(await readFile(file, 'utf8'), `[127.0.0.1]:2222 ${key.line}\n`);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal((await stat(join(dir, '.ssh'))).mode & 0o777, 0o700);
  });

  it('writes one line when several connections call it at once', async () => {
    const file = join(dir, 'known_hosts');
    const key = newKey();
    const verdicts = await Promise.all(
      Array.from({ length: 5 }, () => rememberHostKey(file, host, key.blob)),
    );
    assert.deepEqual(
      verdicts.map(({ verdict }) => verdict),
      ['unknown', 'match', 'match', 'match', 'match'],
    );
    assert.equal((await readFile(file, 'utf8')).split('\n').length, 2);
  });

  it('reports another key that was added before, and keeps it', async () => {
    const file = join(dir, 'known_hosts');
    const [first, second] = [newKey(), newKey()];
    const verdicts = await Promise.all([first, second].map(({ blob }) => rememberHostKey(file, host, blob)));
    assert.equal(verdicts[1]?.verdict, 'changed');
    assert.equal(await readFile(file, 'utf8'), `[127.0.0.1]:2222 ${first.line}\n`);
  });

  it('adds a newline when the last line has none', async () => {
    const file = join(dir, 'known_hosts');
    await writeFile(file, 'other ssh-ed25519 AAAA');
    const key = newKey();
    await rememberHostKey(file, { address: 'web1', port: 22 }, key.blob);
    assert.equal(await readFile(file, 'utf8'), `other ssh-ed25519 AAAA\nweb1 ${key.line}\n`);
  });

  it('works again after a failure', async () => {
    const file = join(dir, 'known_hosts');
    await writeFile(join(dir, 'file'), '');
    await assert.rejects(rememberHostKey(join(dir, 'file', 'known_hosts'), host, newKey().blob));
    await rememberHostKey(file, host, newKey().blob);
    await assert.rejects(rememberHostKey(join(dir, 'file', 'known_hosts'), host, newKey().blob));
  });
});
