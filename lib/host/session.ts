import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate as eventLoop } from 'node:timers/promises';
import PQueue from 'p-queue';
import { orAborted } from '../connection/abort.ts';
import type { Connection } from '../connection/connection.ts';
import type { Probe, Reply } from '../model/fact.ts';
import type { Apply, Upload } from '../model/task.ts';
import { PlayError } from '../util/errors.ts';
import type { Redactor } from '../util/redact.ts';
import { quote, type Script, sh } from '../util/sh.ts';
import {
  type ApplyRecord,
  type Author,
  makeAuthor,
  makeRecord,
  readUnderway,
  stillUnderway,
} from './apply-record.ts';
import { type Part, REFUSED } from './batch.ts';
import { type Answer, type Cut, cutIn, Look } from './look.ts';
import { type BatchResult, HostShell, interrupted } from './shell.ts';
import { claimScript, layScript, receiveScript, tidyScript } from './uploads.ts';

/** Default time limit of one look, in seconds. */
const LOOK_SECONDS = 60;
const APPLY_SECONDS = 600;
/** Time limit for the removal of files, in seconds; it may run after an interrupt. */
const TIDY_SECONDS = 5;

export interface Applied {
  readonly reply: Reply | Cut;
  readonly answers: readonly Answer[];
}

export interface ApplyOptions {
  /** The task's title, for other runs that find this apply on the host. */
  readonly title: string;
  readonly apply: Apply;
  readonly as?: string | undefined;
  readonly timeLimit?: number | undefined;
  /** A script that runs as the play's user directly before the apply. The apply only runs if it succeeds. */
  readonly before?: Script | undefined;
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void;
}

/** Is told of each script that ran, with the answer; undefined when the script did not end. */
export type OnScript = (part: Pick<Part, 'script' | 'as'>, reply: Reply | undefined) => void;

/** Counts the changes of a run on all hosts; an answer from before the last change may be out of date. */
export interface Epoch {
  value: number;
}

/** An answer, and when it was given. */
interface Known {
  readonly reply: Reply;
  /** It is good as long as the run's epoch is this one. */
  readonly epoch: number;
  /** The number of its look. */
  readonly look: number;
}

/** One host during a run: its connection, its open shell, cached answers and counters. */
export class HostSession {
  readonly name: string;
  /** Time limit of one look, in seconds. */
  readonly lookSeconds: number;
  readonly #connection: Connection;
  readonly #become: string;
  readonly #redactor: Redactor;
  readonly #signal: AbortSignal | undefined;
  readonly #turns = new PQueue({ concurrency: 1 });
  readonly #epoch: Epoch;
  readonly #author: Author;
  readonly #onScript: OnScript | undefined;
  /** Answers by probe. */
  readonly #known = new Map<string, Known>();
  /** Looks begun so far. */
  #looks = 0;
  #shell: HostShell | undefined;
  #roundTrips = 0;
  #changes = 0;

  /** @param become the user to become with sudo; `undefined` for the login user */
  constructor(
    name: string,
    connection: Connection,
    become: string | undefined,
    redactor: Redactor,
    epoch: Epoch,
    signal?: AbortSignal,
    lookSeconds = LOOK_SECONDS,
    author = makeAuthor(),
    onScript?: OnScript,
  ) {
    this.name = name;
    this.lookSeconds = lookSeconds;
    this.#epoch = epoch;
    this.#author = author;
    this.#onScript = onScript;
    this.#connection = connection;
    this.#become = become === undefined ? '' : `sudo -n -H -u ${quote(become)} -- `;
    this.#redactor = redactor;
    this.#signal = signal;
  }

  /**
   * Opens the host's shell, so that the first batch costs only one round trip, like all others.
   * @throws PlayError `unreachable` when the host accepts the connection but starts no command, `aborted` when interrupted.
   * A shell that ends at once is no error here: the first batch reports why.
   */
  async open(): Promise<void> {
    const signal = this.#signal;
    const timeout = AbortSignal.timeout(this.lookSeconds * 1000);
    try {
      await orAborted(this.#liveShell().opened, signal, timeout);
    } catch (error) {
      if (signal?.aborted) throw interrupted(signal);
      throw new PlayError({
        kind: 'unreachable',
        what: `opening a shell on the host timed out after ${this.lookSeconds} s`,
        next: `check whether 'ssh HOST true' hangs too; causes are a home folder on an unreachable server or a full process table`,
        where: { host: this.name },
        cause: error,
      });
    }
  }

  /** How many commands and batches were sent so far. */
  get roundTrips(): number {
    return this.#roundTrips;
  }

  /** Counter of changes on this host; it increases when a change begins and when it ends. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * Runs all probes in one batch. Equal scripts run only once. An answer since the run's last change on any host is
   * reused. Callers that ask for the same at the same time share one answer.
   * @param options `fresh`: only an answer to a look that begins after this call counts; `seconds`: the time limit of the look
   */
  async ask(
    probes: readonly Probe[],
    { fresh = false, seconds = this.lookSeconds } = {},
  ): Promise<readonly Answer[]> {
    const after = fresh ? this.#looks : 0;
    // As of this call: a change that begins while this waits for its turn makes the answer too old to be used again.
    const epoch = this.#epoch.value;
    const known = this.#lookAt(probes, after);
    if (known.parts.length === 0) return known.answers;
    return this.#turns.add(async () => {
      // Whoever wants the same asks in the same turn of the event loop, such as several gates: all are heard first.
      await eventLoop();
      // What was asked while this waited for its turn need not be asked again.
      const look = this.#lookAt(probes, after);
      if (look.parts.length === 0) return look.answers;
      this.#looks += 1;
      const number = this.#looks;
      const replies = look.read(await this.#send(look.parts, seconds));
      for (const [key, reply] of replies) this.#known.set(key, { reply, epoch, look: number });
      return look.answers;
    });
  }

  /** A look with the answers that are still good: from after the run's last change, and from after this many looks. */
  #lookAt(probes: readonly Probe[], after: number): Look {
    return new Look(probes, (key) => {
      const known = this.#known.get(key);
      return known?.epoch === this.#epoch.value && known.look > after ? known.reply : undefined;
    });
  }

  /** Invalidates all answers, because something may have changed by itself. */
  outdate(): void {
    this.#epoch.value += 1;
  }

  /**
   * Applies a change and then runs the probes, in one batch; when the apply fails, the probes don't run. Uploads for the
   * apply take additional round trips.
   * @throws PlayError `failed`, before anything is changed, when an apply of another run is running on the host
   */
  async apply(options: ApplyOptions, probes: readonly Probe[]): Promise<Applied> {
    const { title, apply, as, timeLimit = APPLY_SECONDS, before, onLine } = options;
    const uploads = apply.uploads ?? [];
    // The title may contain a secret that is known only from this script.
    this.#redactor.add(...apply.script.secrets);
    const record = makeRecord(this.#author, this.#redactor.clean(title));
    const look = new Look(probes);
    let folder: string | undefined;
    this.#countChange();
    try {
      if (uploads.length > 0) folder = await this.#claim(record);
      for (const upload of uploads) await this.#upload(upload, folder ?? '');
      const all: Part[] = [
        ...(folder ? [{ id: 'lay', script: layScript(uploads, folder), apply: true }] : []),
        ...(before ? [{ id: 'before', script: before, apply: true }] : []),
        { id: 'apply', script: apply.script, as, apply: true },
        ...look.parts,
      ];
      const result = await this.#change(all, timeLimit + this.lookSeconds, record, (id, stream, line) => {
        if (id === 'apply') onLine(stream, this.#redactor.clean(line));
      });
      const failed = ['lay', 'before', 'apply']
        .map((id) => result.frames.reply(id))
        .find((r) => r && r.code !== 0);
      const reply = failed ?? result.frames.reply('apply') ?? cutIn(result);
      look.read(result);
      return { reply, answers: look.answers };
    } finally {
      this.#countChange();
      if (folder) await this.#tidy(tidyScript(uploads, folder), record);
    }
  }

  #countChange(): void {
    this.#changes += 1;
    this.#epoch.value += 1;
  }

  /**
   * Runs a script that prints one line and then holds something until its stdin ends, also because the connection is
   * lost. @returns the line, and a function that ends the script
   */
  async hold(script: Script): Promise<{ readonly said: string; release(): void }> {
    const stdin = new PassThrough();
    let output = '';
    const firstLine = new Promise<void>((resolve) => {
      const collect = (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('\n')) resolve();
      };
      void this.#run(script, [stdin], collect, collect).then(
        () => resolve(),
        () => resolve(),
      );
    });
    await firstLine;
    return { said: output.split('\n')[0] ?? '', release: () => void stdin.end() };
  }

  /** Copies a file from the host to `to` on the controller, atomically. @returns its SHA-256 */
  async download(path: string, to: string): Promise<string> {
    await mkdir(dirname(to), { recursive: true });
    const part = `${to}.part-${process.pid}-${Date.now()}`;
    const hash = createHash('sha256');
    const file = createWriteStream(part, { mode: 0o600 });
    const errors: Buffer[] = [];
    // `finished` below reports a full disk; without this listener the error would end the process.
    file.on('error', () => {});
    try {
      const exit = await this.#run(
        sh`exec cat -- ${path}`,
        [],
        (chunk) => {
          hash.update(chunk);
          file.write(chunk);
        },
        (chunk) => errors.push(chunk),
      );
      file.end();
      await finished(file);
      if (exit !== 0) throw this.#failed(`can't read ${path}`, Buffer.concat(errors).toString());
      await rename(part, to);
      return hash.digest('hex');
    } finally {
      file.destroy();
      await rm(part, { force: true });
    }
  }

  async close(): Promise<void> {
    this.#shell?.close();
    await this.#connection.close();
  }

  async #batch(
    parts: readonly Part[],
    limitSeconds: number,
    onLine?: (id: string, stream: 'stdout' | 'stderr', line: string) => void,
    signal?: AbortSignal,
    record?: ApplyRecord,
  ): Promise<BatchResult> {
    return this.#turns.add(() => this.#send(parts, limitSeconds, onLine, signal, record));
  }

  /** Sends a batch now: it must be its turn. */
  async #send(
    parts: readonly Part[],
    limitSeconds: number,
    onLine: (id: string, stream: 'stdout' | 'stderr', line: string) => void = () => {},
    signal: AbortSignal | undefined = this.#signal,
    record?: ApplyRecord,
  ): Promise<BatchResult> {
    for (const { script } of parts) this.#redactor.add(...script.secrets);
    if (signal?.aborted) throw interrupted(signal);
    this.#roundTrips += 1;
    const result = await this.#liveShell().run(parts, limitSeconds, onLine, signal, record);
    const { frames, ending } = result;
    for (const part of parts) this.#onScript?.(part, frames.reply(part.id));
    // A batch that died inside of a script is that script's error; the others have answered or run again.
    if (ending === 'died' && frames.running === undefined) {
      const next =
        frames.exit === 127 ? 'install coreutils on the host: it needs the program timeout' : undefined;
      throw this.#failed("the host can't run the batch", frames.outside || 'it printed no message', next);
    }
    return result;
  }

  #liveShell(): HostShell {
    if (!this.#shell?.alive) this.#shell = new HostShell(this.#connection, this.#become);
    return this.#shell;
  }

  /** Runs a batch that changes something. @throws PlayError `failed` when another run's apply is running */
  async #change(
    parts: readonly Part[],
    limitSeconds: number,
    record: ApplyRecord,
    onLine?: (id: string, stream: 'stdout' | 'stderr', line: string) => void,
    signal?: AbortSignal,
  ): Promise<BatchResult> {
    const result = await this.#batch(parts, limitSeconds, onLine, signal, record);
    const refused = result.frames.reply(REFUSED);
    if (refused) throw stillUnderway(this.name, readUnderway(refused.stdout));
    return result;
  }

  /** Creates a folder for uploads on the host; refused like any change, before a file is sent. @returns its path */
  async #claim(record: ApplyRecord): Promise<string> {
    const { frames } = await this.#change(
      [{ id: 'claim', script: claimScript(), apply: true }],
      this.lookSeconds,
      record,
    );
    const { code, stdout: folder, stderr } = frames.reply('claim') ?? { code: 1, stdout: '', stderr: '' };
    if (code !== 0)
      throw this.#failed("can't create a folder for uploads in /var/tmp", stderr || 'no answer');
    return folder;
  }

  async #upload(upload: Upload, folder: string): Promise<void> {
    const errors: Buffer[] = [];
    const exit = await this.#run(
      receiveScript(upload, folder),
      [createReadStream(upload.from)],
      () => {},
      (chunk) => errors.push(chunk),
    );
    if (exit !== 0) throw this.#failed(`can't upload ${upload.from}`, Buffer.concat(errors).toString());
  }

  async #run(
    script: Script,
    stdin: readonly Readable[],
    onStdout: (chunk: Buffer) => void,
    onStderr: (chunk: Buffer) => void,
  ): Promise<number | null> {
    this.#roundTrips += 1;
    const signal = this.#signal;
    const command = `${this.#become}/bin/sh -c ${loginWord(script.reveal())}`;
    try {
      const { code } = await this.#connection.run(command, {
        stdin,
        onStdout,
        onStderr,
        ...(signal ? { signal } : {}),
      });
      return code;
    } catch (error) {
      throw signal?.aborted ? interrupted(signal) : error;
    }
  }

  /**
   * Removes the uploads of one apply, also after a failure or an interrupt. If that fails, the host's next change
   * removes them.
   */
  async #tidy(script: Script, record: ApplyRecord): Promise<void> {
    const signal = AbortSignal.timeout(TIDY_SECONDS * 1000);
    await this.#change([{ id: 'tidy', script }], TIDY_SECONDS, record, undefined, signal).catch(() => {});
  }

  #failed(what: string, why: string, next?: string): PlayError {
    return new PlayError({
      kind: 'failed',
      what,
      why: this.#redactor.clean(why),
      next,
      where: { host: this.name },
    });
  }
}

/**
 * Quotes a script as one word for any login shell: csh ends a quoted string at a newline and expands `!` in it, fish
 * interprets backslashes. Not for secrets: the word is a command-line argument.
 */
function loginWord(code: string): string {
  if (!/['\\!\n]/.test(code)) return quote(code);
  const base64 = Buffer.from(code).toString('base64');
  return `'eval "$(printf %s ${base64} | base64 -d)"'`;
}
