import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import type { Connection } from '../connection/connection.ts';
import { PlayError } from '../util/errors.ts';
import { quote, type Script, sh } from '../util/sh.ts';
import type { ApplyRecord } from './apply-record.ts';
import { batchLine, batchScript, type Part } from './batch.ts';
import { FrameReader } from './frame.ts';

/** The most bytes of output of one batch; more means that a script prints endlessly. */
const MAX_OUTPUT = 64 * 1024 * 1024;
/** Seconds between SIGTERM and SIGKILL for an interrupted batch. */
const GRACE_SECONDS = 3;

/** The result of a batch: `done`, `late` when its time limit ended it, `died` when something killed its shell. */
export interface BatchResult {
  readonly frames: FrameReader;
  readonly ending: 'done' | 'late' | 'died';
}

/** The error after an interrupt by the user, for any reason of the signal. */
export function interrupted(signal: AbortSignal): PlayError {
  return new PlayError({ kind: 'aborted', what: 'interrupted', cause: signal.reason });
}

/**
 * One `/bin/sh` on a host, kept open on one channel. It reads batches from stdin, so that a batch costs one round trip;
 * a new channel would cost three.
 */
export class HostShell {
  /** Resolves when batches can be sent, and also when the shell has ended before; the next batch then reports why. */
  readonly opened: Promise<void>;
  readonly #connection: Connection;
  readonly #become: string;
  readonly #stdin = new PassThrough();
  readonly #closed = new AbortController();
  #end: { error?: PlayError } | undefined;
  #frames: FrameReader | undefined;
  #outside = '';
  #relayed = false;
  #wake: () => void = () => {};

  /** @param become the command prefix that runs a command as the play's user, or '' */
  constructor(connection: Connection, become: string) {
    this.#connection = connection;
    this.#become = become;
    const push = (stream: 'stdout' | 'stderr') => (chunk: Buffer) => {
      if (this.#frames && !this.#frames.over) this.#frames.push(stream, chunk);
      else this.#outside = (this.#outside + chunk.toString()).slice(-2000);
      this.#wake();
    };
    this.opened = new Promise((opened) => {
      void connection
        .run(`exec ${become}/bin/sh`, {
          stdin: [this.#stdin],
          onOpen: opened,
          onStdout: push('stdout'),
          onStderr: push('stderr'),
          signal: this.#closed.signal,
        })
        .then(
          () => {
            this.#end = {};
          },
          (error: unknown) => {
            this.#end = error instanceof PlayError ? { error } : {};
          },
        )
        .finally(() => {
          opened();
          this.#wake();
        });
    });
    this.#stdin.on('error', () => {});
  }

  /** False when the shell has ended and a new one is needed. */
  get alive(): boolean {
    return this.#end === undefined && !this.#closed.signal.aborted;
  }

  /**
   * Runs one batch; batches of one shell never overlap.
   * @throws PlayError `unreachable` when the connection is lost, `failed` when the shell can't run it,
   * `aborted` when interrupted, after the host's processes were ended.
   */
  async run(
    parts: readonly Part[],
    limitSeconds: number,
    onLine: (id: string, stream: 'stdout' | 'stderr', line: string) => void,
    signal?: AbortSignal,
    record?: ApplyRecord,
  ): Promise<BatchResult> {
    if (signal?.aborted) throw interrupted(signal);
    const mark = randomBytes(9).toString('hex');
    const applies = parts.filter(({ apply }) => apply).map(({ id }) => id);
    const frames = new FrameReader(mark, onLine, applies);
    this.#frames = frames;
    const interrupt = () => this.#wake();
    signal?.addEventListener('abort', interrupt, { once: true });
    try {
      // Only changes must survive a lost connection.
      const relay = record !== undefined && !this.#relayed;
      this.#relayed ||= relay;
      const line = batchLine(mark, batchScript(mark, parts, record), { limitSeconds, record, relay });
      this.#stdin.write(line.reveal());
      // The `timeout` on the host ends first; this deadline is for a host that doesn't answer any more.
      const started = Date.now();
      const deadline = started + (limitSeconds + 30) * 1000;
      while (!frames.over) {
        if (signal?.aborted) {
          await this.#interrupt(frames);
          throw interrupted(signal);
        }
        if (this.#end) throw this.#endedEarly(frames);
        if (Date.now() > deadline || frames.kept > MAX_OUTPUT) {
          await this.#interrupt(frames);
          throw new PlayError({
            kind: 'failed',
            what:
              frames.kept > MAX_OUTPUT
                ? `the host printed more than ${MAX_OUTPUT / 1024 / 1024} MiB`
                : 'the host stopped answering',
          });
        }
        await this.#nextEvent(deadline - Date.now());
      }
      if (frames.exit === 0) return { frames, ending: 'done' };
      // `timeout` exits with 124, or with 137 after SIGKILL; but another process may also have sent that SIGKILL.
      const late =
        frames.exit === 124 || (frames.exit === 137 && Date.now() - started >= limitSeconds * 1000);
      return { frames, ending: late ? 'late' : 'died' };
    } finally {
      signal?.removeEventListener('abort', interrupt);
    }
  }

  /** Ends the shell and everything that runs in it. */
  close(): void {
    this.#stdin.end();
    this.#closed.abort(new PlayError({ kind: 'aborted', what: 'the shell was closed' }));
  }

  /** Waits for output, the end of the shell or an interrupt, at most `ms` milliseconds. */
  #nextEvent(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(10, ms));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #interrupt(frames: FrameReader): Promise<void> {
    const wait = async (done: () => boolean, seconds: number) => {
      const until = Date.now() + seconds * 1000;
      while (!done() && this.alive && Date.now() < until) await this.#nextEvent(until - Date.now());
    };
    // Wait for a batch that was just sent: it would otherwise run without supervision.
    await wait(() => frames.group !== undefined || frames.over, GRACE_SECONDS);
    if (frames.group !== undefined && this.alive) {
      const command = `${this.#become}/bin/sh -c ${quote(killScript(frames.group).reveal())}`;
      const signal = AbortSignal.timeout(2 * GRACE_SECONDS * 1000);
      await this.#connection.run(command, { signal }).catch(() => {});
      await wait(() => frames.over, 1);
    }
    this.close();
  }

  #endedEarly(frames: FrameReader): PlayError {
    if (this.#end?.error) return this.#end.error;
    const why = frames.outside || this.#outside;
    const sudo = /sudo|password|runas/i.test(why) && this.#become !== '';
    return new PlayError({
      kind: 'failed',
      what: sudo ? 'sudo refused to start a shell' : 'the shell on the host ended unexpectedly',
      why: why || 'it printed no message',
      next: sudo
        ? 'allow passwordless sudo for the login user, or set become: false or another ansible_user'
        : undefined,
    });
  }
}

/** Sends SIGTERM to a process group, waits, then sends SIGKILL. */
function killScript(group: number): Script {
  // Without the usual `--` before the group: dash would read it as a process.
  return sh`kill -TERM ${-group}; i=0; while [ $i -lt ${GRACE_SECONDS * 10} ] && kill -0 ${-group}; do sleep 0.1; i=$((i + 1)); done; kill -KILL ${-group}`;
}
