import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectLocal } from '../../lib/connection/local.ts';
import { capture, connectionContract, streamingContract } from './contract.ts';

describe('connectLocal', () => {
  connectionContract(async () => connectLocal());
  streamingContract(async () => connectLocal());

  it('ends all processes of a command when it is aborted', async () => {
    const connection = connectLocal();
    const abort = new AbortController();
    const marker = `${tmpdir()}/ts-play-spec-tree-${process.pid}`;
    const running = connection.run(`(sleep 0.4; touch ${marker}) & echo started; wait`, {
      signal: abort.signal,
      onStdout: () => abort.abort(new Error('enough')),
    });
    await assert.rejects(running, /enough/);
    await connection.close();
    await sleep(600);
    assert.equal(existsSync(marker), false, 'a child process continued');
  });

  it('kills processes that ignore SIGTERM', async () => {
    const connection = connectLocal();
    let printed = '';
    const running = assert.rejects(
      connection.run('trap "" TERM; echo $$; while :; do sleep 0.1; done', {
        onStdout: (chunk) => {
          printed += chunk;
        },
      }),
    );
    while (!printed.includes('\n')) await sleep(10);
    await connection.close();
    await running;
    assert.throws(() => process.kill(Number(printed), 0), { code: 'ESRCH' });
  });

  it('ends a command whose stdin breaks off, so that it does not accept incomplete input', async () => {
    const connection = connectLocal();
    const broken = new Readable({
      read() {
        this.destroy(new Error('disk gone'));
      },
    });
    const marker = `${tmpdir()}/ts-play-spec-${process.pid}`;
    const stdin = [Buffer.from('half'), broken];
    await assert.rejects(connection.run(`cat && sleep 0.2 && touch ${marker}`, { stdin }), /disk gone/);
    await sleep(400);
    assert.equal(existsSync(marker), false);
    await connection.close();
  });

  it('starts in the home folder, as sshd does', async () => {
    const { stdout } = await capture(connectLocal(), 'pwd; cd; pwd');
    const [first, second] = stdout.toString().split('\n');
    assert.equal(first, second);
  });
});
