import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PlayError } from '../util/errors.ts';

/**
 * Calls `work` with an exclusive lock on the file; waits at most `seconds` for the lock. A child process holds the lock
 * until its stdin is closed, so that it is released however this process ends.
 */
export async function withLock<T>(file: string, seconds: number, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  // The child ignores Ctrl-C, so that the lock lasts until this process has cleaned up.
  const holder = spawn(
    'flock',
    ['--timeout', String(seconds), file, 'sh', '-c', 'trap "" INT; echo locked; exec cat >/dev/null'],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  );
  holder.stdin.on('error', () => {});
  const ended = once(holder, 'close');
  const locked = await Promise.race([once(holder.stdout, 'data').then(() => true), ended.then(() => false)]);
  if (!locked) {
    throw new PlayError({
      kind: 'input',
      what: `another ts-play lab command has held ${file} for ${seconds} s`,
      next: 'wait until it has ended, or stop it, then try again',
    });
  }
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
