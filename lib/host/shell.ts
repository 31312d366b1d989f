import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import type { Connection } from '../connection/connection.ts';
import { PlayError } from '../util/errors.ts';
import { quote, type Script, sh } from '../util/sh.ts';
import type { ApplyRecord } from './apply-record.ts';
import { batchLine, batchScript, type Part } from './batch.ts';
import { FrameReader } from './frame.ts';

/** More than this kept of a batch's answers means that something prints without end. Bytes. */
const MOST_OUTPUT = 64 * 1024 * 1024;
/** Seconds that an interrupted batch is given to end before it is killed. */
const GRACE_SECONDS = 3;

/** What became of a batch: it came to its end, its time limit ended it, or something killed its shell. */
export interface BatchResult {
  readonly frames: FrameReader;
  readonly ending: 'done' | 'late' | 'died';
}

/** What is thrown when the user interrupts, whatever reason the signal was given. */
export function interrupted(signal: AbortSignal): PlayError {
  return new PlayError({ kind: 'aborted', what: 'interrupted', cause: signal.reason });
}

/**
 * One `/bin/sh` on a host, kept open over one channel: it reads batches from stdin, so that a batch costs one
 * round trip where a channel of its own would cost three.
 */
export class HostShell {
  /** Fulfilled when batches can be sent, and also when the shell has ended before that: a batch says why. */
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

  /** @param become the words in front of a command that make it run as the play's user, or '' */
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

  /** False once the shell has ended: a new one is needed. */
  get alive(): boolean {
    return this.#end === undefined && !this.#closed.signal.aborted;
  }

  /**
   * Runs one batch; batches of one shell never overlap.
   * @throws PlayError `unreachable` when the connection is lost, `failed` when the shell could not run it,
   * `aborted` when interrupted, after the host's processes were told to end.
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
      // Only what changes something has to outlive a reader that goes away.
      const relay = record !== undefined && !this.#relayed;
      this.#relayed ||= relay;
      const line = batchLine(mark, batchScript(mark, parts, record), { limitSeconds, record, relay });
      this.#stdin.write(line.reveal());
      // The host's own `timeout` comes first; this one is for a host that has stopped answering at all.
      const started = Date.now();
      const deadline = started + (limitSeconds + 30) * 1000;
      while (!frames.over) {
        if (signal?.aborted) {
          await this.#interrupt(frames);
          throw interrupted(signal);
        }
        if (this.#end) throw this.#endedEarly(frames);
        if (Date.now() > deadline || frames.kept > MOST_OUTPUT) {
          await this.#interrupt(frames);
          throw new PlayError({
            kind: 'failed',
            what: frames.kept > MOST_OUTPUT ? 'the host prints without end' : 'the host stopped answering',
          });
        }
        await this.#change(deadline - Date.now());
      }
      if (frames.exit === 0) return { frames, ending: 'done' };
      // `timeout` says 124, or 137 when it had to kill: which something else may have done as well.
      const late =
        frames.exit === 124 || (frames.exit === 137 && Date.now() - started >= limitSeconds * 1000);
      return { frames, ending: late ? 'late' : 'died' };
    } finally {
      signal?.removeEventListener('abort', interrupt);
    }
  }

  /** Ends the shell; what still runs in it ends with it. */
  close(): void {
    this.#stdin.end();
    this.#closed.abort(new PlayError({ kind: 'aborted', what: 'the shell was closed' }));
  }

  /** Waits for output, an end or an interrupt, at most `ms` milliseconds. */
  #change(ms: number): Promise<void> {
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
      while (!done() && this.alive && Date.now() < until) await this.#change(until - Date.now());
    };
    // A batch that is on its way already would run unattended.
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
      why: why || 'it said nothing',
      next: sudo
        ? 'allow passwordless sudo for the login user, or set become: false or another ansible_user'
        : undefined,
    });
  }
}

/** Asks a process group to end, gives it time to do so in order, and then ends it. */
function killScript(group: number): Script {
  // Without the usual `--` before the group, which dash takes for a process.
  return sh`kill -TERM ${-group}; i=0; while [ $i -lt ${GRACE_SECONDS * 10} ] && kill -0 ${-group}; do sleep 0.1; i=$((i + 1)); done; kill -KILL ${-group}`;
}
