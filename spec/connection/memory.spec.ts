import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { connectMemory, type MemoryAnswer, type MemoryRequest } from '../../lib/testing/memory.ts';
import { capture, connectionContract } from './contract.ts';

describe('connectMemory', () => {
  const children = new Set<ReturnType<typeof spawn>>();
  /** An in-memory host that runs a real shell, so that the contract can be tested. */
  const shell = ({ command, stdin }: MemoryRequest) =>
    new Promise<MemoryAnswer>((resolve, reject) => {
      const child = spawn('/bin/sh', ['-c', command], { stdio: 'pipe', detached: true });
      children.add(child);
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on('data', (chunk) => out.push(chunk));
      child.stderr.on('data', (chunk) => err.push(chunk));
      child.stdin.on('error', () => {});
      child.stdin.end(stdin);
      child.on('error', reject);
      child.on('close', (code, signal) => {
        children.delete(child);
        resolve({
          code,
          signal: signal ?? undefined,
          stdout: Buffer.concat(out),
          stderr: Buffer.concat(err),
        });
      });
    });
  after(() => {
    for (const { pid } of children) if (pid) process.kill(-pid, 'SIGKILL');
  });

  connectionContract(async () => connectMemory(shell));

  it('records the commands', async () => {
    const connection = connectMemory(({ command }) => ({ code: 0, stdout: `did ${command}` }));
    const { stdout } = await capture(connection, 'one', { stdin: [Buffer.from('a'), Buffer.from('b')] });
    await connection.run('two');
    assert.equal(stdout.toString(), 'did one');
    assert.deepEqual(connection.requests, [
      { command: 'one', stdin: Buffer.from('ab') },
      { command: 'two', stdin: Buffer.alloc(0) },
    ]);
  });

  it('treats an error of the handler as a lost connection', async () => {
    const connection = connectMemory(() => {
      throw new Error('power cut');
    });
    await assert.rejects(connection.run('true'), {
      name: 'PlayError',
      kind: 'unreachable',
      message: 'power cut',
    });
  });
});
