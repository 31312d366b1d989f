import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PlayError } from '../util/errors.ts';

/**
 * Does the work while holding an exclusive lock on the file; waits for whoever holds it, at most `seconds`.
 * A child holds the lock until this process closes its stdin, so the kernel frees it however this process ends.
 */
export async function withLock<T>(file: string, seconds: number, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  // The child stays deaf to Ctrl-C, so that the lock lasts until this process has cleaned up.
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
      next: 'wait for it to end, or end it, and try again',
    });
  }
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
