import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { asPlayError, PlayError } from '../util/errors.ts';
import { onAbort } from './abort.ts';
import type { CommandOptions, Connection, Exit } from './connection.ts';
import { feed } from './feed.ts';

/** Milliseconds between SIGTERM and SIGKILL. */
const KILL_AFTER_MS = 2000;

/**
 * Runs commands on the controller with `/bin/sh` in the home folder, as sshd would. Each has a process group of its
 * own, and an abort ends the whole group (SIGTERM, then SIGKILL).
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

/** `exit` rejects as soon as the command is aborted; `ended` resolves when its process has ended. */
function start(command: string, options: CommandOptions, closing: AbortSignal) {
  const { stdin = [], onOpen, onStdout, onStderr, signal } = options;
  const stopped = new AbortController();
  let processEnded = () => {};
  const ended = new Promise<void>((resolve) => {
    processEnded = resolve;
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
    const guarded = (listener: ((chunk: Buffer) => void) | undefined) => (chunk: Buffer) => {
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
    child.stdout.on('data', guarded(onStdout));
    child.stderr.on('data', guarded(onStderr));
    child.on('error', (error) => {
      release();
      stopped.abort();
      processEnded();
      reject(asPlayError(error, 'unreachable'));
    });
    child.on('close', (code, killedBy) => {
      release();
      stopped.abort();
      processEnded();
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
    // A process that has left the group may keep the pipes open; without this, 'close' would not be emitted.
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, KILL_AFTER_MS);
  child.once('close', () => {
    if (!killGroup(pid, 0)) clearTimeout(timer);
  });
}

/** Sends a signal to a process group; false when the group has no process any more. */
function killGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
