import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { asPlayError, PlayError } from '../util/errors.ts';
import { onAbort } from './abort.ts';
import type { CommandOptions, Connection, Exit } from './connection.ts';
import { feed } from './feed.ts';

/** How long an abandoned command has to end by itself after SIGTERM, in ms. */
const GRACE = 2000;

/**
 * Commands on this machine, run by `/bin/sh` from the home folder, as sshd would. Each has a process group of its
 * own: an abort ends the whole tree it started (SIGTERM, then SIGKILL).
 */
export function connectLocal(): Connection {
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  return {
    async run(command, options = {}) {
      closing.signal.throwIfAborted();
      options.signal?.throwIfAborted();
      const { exit, ended } = start(command, options, closing.signal);
      running.add(ended);
      void ended.finally(() => running.delete(ended));
      return exit;
    },
    async close() {
      closing.abort(new PlayError({ kind: 'aborted', what: 'the local connection is closed' }));
      await Promise.all(running);
    },
  };
}

/** `exit` rejects as soon as the command is abandoned, `ended` is when its process is really gone. */
function start(command: string, options: CommandOptions, closing: AbortSignal) {
  const { stdin = [], onOpen, onStdout, onStderr, signal } = options;
  const stopped = new AbortController();
  let gone = () => {};
  const ended = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const exit = new Promise<Exit>((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: existsSync(homedir()) ? homedir() : '/',
      detached: true,
      stdio: 'pipe',
    });
    const abandon = (reason: unknown) => {
      release();
      stopped.abort();
      endTree(child);
      reject(reason);
    };
    const hear = (listener: ((chunk: Buffer) => void) | undefined) => (chunk: Buffer) => {
      if (stopped.signal.aborted) return;
      try {
        listener?.(chunk);
      } catch (error) {
        abandon(error);
      }
    };
    const release = onAbort([signal, closing], abandon);
    child.stdin.on('error', () => {});
    if (onOpen) child.on('spawn', onOpen);
    child.stdout.on('data', hear(onStdout));
    child.stderr.on('data', hear(onStderr));
    child.on('error', (error) => {
      release();
      stopped.abort();
      gone();
      reject(asPlayError(error, 'unreachable'));
    });
    child.on('close', (code, killedBy) => {
      release();
      stopped.abort();
      gone();
      resolve({ code, signal: killedBy ?? undefined });
    });
    feed(child.stdin, stdin, stopped.signal).catch(abandon);
  });
  return { exit, ended };
}

function endTree(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  killGroup(pid, 'SIGTERM');
  const timer = setTimeout(() => {
    killGroup(pid, 'SIGKILL');
    // A process that left the group may still hold the pipes open: 'close' must come all the same.
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, GRACE);
  child.once('close', () => {
    if (!killGroup(pid, 0)) clearTimeout(timer);
  });
}

/** False when nothing of the group is left. */
function killGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
