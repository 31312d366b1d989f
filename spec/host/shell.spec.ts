import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../lib/connection/connection.ts';
import { connectLocal } from '../../lib/connection/local.ts';
import type { Part } from '../../lib/host/batch.ts';
import { HostShell } from '../../lib/host/shell.ts';
import { connectMemory } from '../../lib/testing/memory.ts';
import { ScriptedHost } from '../../lib/testing/scripted-host.ts';
import { PlayError } from '../../lib/util/errors.ts';
import { type Script, sh } from '../../lib/util/sh.ts';
import { cuttable } from './hosts.ts';
import { ends, isAlive } from './processes.ts';

const probe = (id: string, script: Script): Part => ({ id, script });
const ofKind = (kind: PlayError['kind'], words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof PlayError, String(error));
  assert.equal(error.kind, kind);
  assert.match([error.what, error.why, error.next].join('\n'), words);
  return true;
};

describe('HostShell', () => {
  let connection: Connection;
  let shell: HostShell;
  let folder: string;
  beforeEach(() => {
    connection = connectLocal();
    shell = new HostShell(connection, '');
    folder = mkdtempSync(join(tmpdir(), 'ts-play-shell-'));
  });
  afterEach(async () => {
    shell.close();
    await connection.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const run = (parts: readonly Part[], limit = 10, signal?: AbortSignal) =>
    shell.run(parts, limit, () => {}, signal);
  const pidOf = async (name: string) => {
    const until = Date.now() + 5000;
    while (!existsSync(join(folder, name)) && Date.now() < until) await sleep(10);
    await sleep(30);
    return Number(readFileSync(join(folder, name), 'utf8'));
  };

  it('runs several batches in one shell', async () => {
    for (let i = 0; i < 30; i += 1) {
      const { frames, ending } = await run([probe('a', sh`echo ${i}`), probe('b', sh`exit 1`)]);
      assert.equal(ending, 'done');
      assert.deepEqual([frames.reply('a')?.stdout, frames.reply('b')?.code], [String(i), 1]);
    }
    assert.equal(shell.alive, true);
  });

  it('accepts a batch of 2 MiB', async () => {
    const big = 'x'.repeat(2 * 1024 * 1024);
    const { frames } = await run([probe('a', sh`v=${big}; echo "\${#v}"`), probe('b', sh`echo next`)]);
    assert.deepEqual([frames.reply('a')?.stdout, frames.reply('b')?.stdout], [String(big.length), 'next']);
  });

  it('returns late and the running script after a timeout, and stays usable', async () => {
    const { frames, ending } = await run(
      [probe('a', sh`echo a`), probe('b', sh`sleep 30`), probe('c', sh`:`)],
      0.5,
    );
    assert.equal(ending, 'late');
    assert.equal(frames.running, 'b');
    assert.deepEqual([frames.reply('a')?.stdout, frames.reply('c')], ['a', undefined]);
    assert.equal((await run([probe('a', sh`echo on`)])).frames.reply('a')?.stdout, 'on');
  });

  it('returns died when a script kills the batch with any signal, and stays usable', async () => {
    for (const signal of ['TERM', 'KILL']) {
      const script = sh`kill -${signal} $$; sleep 5`;
      const { frames, ending } = await run([probe('a', sh`echo a`), probe('b', script), probe('c', sh`:`)]);
      assert.deepEqual([ending, frames.running, frames.reply('a')?.stdout], ['died', 'b', 'a']);
    }
    assert.equal((await run([probe('a', sh`echo on`)])).frames.reply('a')?.stdout, 'on');
  });

  it('does not wait for processes that a script leaves running with its streams open', async () => {
    const started = Date.now();
    const { ending } = await run([probe('a', sh`sleep 2 & echo a`)]);
    assert.equal(ending, 'done');
    assert.equal((await run([probe('a', sh`echo b`)])).frames.reply('a')?.stdout, 'b');
    assert.ok(Date.now() - started < 1900);
  });

  it('stops a script that prints endlessly', async () => {
    const pid = join(folder, 'pid');
    const endless = sh`sh -c 'echo $$; exec yes' >${pid} & sh -c 'echo $$ >"$1"; exec yes' sh ${`${pid}2`}`;
    await assert.rejects(run([probe('a', endless)], 60), ofKind('failed', /printed more than 64 MiB/));
    assert.ok(await ends(await pidOf('pid2'), 3000), 'it still prints');
  });

  describe('interrupted', () => {
    const tree = (name: string, trap: Script = sh``) => sh`${trap}
sh -c 'echo $$ >"$1"; exec sleep 60' sh ${join(folder, name)}`;

    it('ends all processes on the host within seconds', async () => {
      const abort = new AbortController();
      const running = run([{ id: 'apply', script: tree('pid'), apply: true }], 60, abort.signal);
      const pid = await pidOf('pid');
      const started = Date.now();
      abort.abort(new Error('ctrl-c'));
      await assert.rejects(running, ofKind('aborted', /interrupted/));
      assert.ok(await ends(pid, 1000));
      assert.ok(Date.now() - started < 3000, 'took too long');
      assert.equal(shell.alive, false);
    });

    it('also kills processes that ignore SIGTERM', async () => {
      const abort = new AbortController();
      const script = sh`trap '' TERM INT HUP
${tree('pid')}`;
      const running = run([{ id: 'apply', script, apply: true }], 60, abort.signal);
      const pid = await pidOf('pid');
      const started = Date.now();
      abort.abort();
      await assert.rejects(running, ofKind('aborted', /interrupted/));
      assert.ok(await ends(pid, 1000), 'it is still running');
      assert.ok(Date.now() - started < 7000, 'took too long');
    });

    it('also ends a batch that has just been sent', async () => {
      const abort = new AbortController();
      const running = run([{ id: 'apply', script: tree('pid'), apply: true }], 60, abort.signal);
      abort.abort();
      await assert.rejects(running, ofKind('aborted', /interrupted/));
      await sleep(300);
      if (existsSync(join(folder, 'pid'))) assert.equal(isAlive(await pidOf('pid')), false);
    });

    it('sends nothing when it was interrupted before', async () => {
      await assert.rejects(
        run([probe('a', sh`: >${join(folder, 'touched')}`)], 5, AbortSignal.abort()),
        ofKind('aborted', /interrupted/),
      );
      await sleep(100);
      assert.equal(existsSync(join(folder, 'touched')), false);
    });

    it('stops waiting for a host that does not answer any more', async () => {
      const stalled = new HostShell(new ScriptedHost(() => 'STALL'), '');
      const abort = new AbortController();
      const running = stalled.run([probe('a', sh`x`)], 60, () => {}, abort.signal);
      setTimeout(() => abort.abort(), 50);
      await assert.rejects(running, ofKind('aborted', /interrupted/));
    });
  });

  describe('that ends', () => {
    it('reports unreachable when the connection is lost', async () => {
      const cut = cuttable(connection);
      const other = new HostShell(cut, '');
      const running = other.run([probe('a', sh`sleep 5`)], 10, () => {});
      setTimeout(() => cut.cut(), 100);
      await assert.rejects(running, ofKind('unreachable', /connection lost/));
      assert.equal(other.alive, false);
      other.close();
    });

    it('reports the host’s message when no shell starts', async () => {
      const closed = connectMemory(() => ({ code: 1, stdout: 'This account is currently not available.\n' }));
      // A login shell that does not read its stdin ends at once.
      const deaf: Connection = {
        ...closed,
        run: (command, options) => closed.run(command, { ...options, stdin: [] }),
      };
      await assert.rejects(
        new HostShell(deaf, '').run([probe('a', sh`:`)], 5, () => {}),
        ofKind('failed', /ended unexpectedly[\s\S]*not available/),
      );
    });

    it('reports what to do when sudo asks for a password', async () => {
      const asking = connectMemory(() => ({ code: 1, stderr: 'sudo: a password is required\n' }));
      const deaf: Connection = {
        ...asking,
        run: (command, options) => asking.run(command, { ...options, stdin: [] }),
      };
      await assert.rejects(
        new HostShell(deaf, 'sudo -n -H -u root -- ').run([probe('a', sh`:`)], 5, () => {}),
        ofKind('failed', /sudo refused[\s\S]*passwordless/),
      );
    });
  });
});
