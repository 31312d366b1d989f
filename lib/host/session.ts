import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import PQueue from 'p-queue';
import type { Connection } from '../connection/connection.ts';
import { PlayError } from '../errors.ts';
import type { Redactor } from '../redact.ts';
import { quote, type Script, sh } from '../sh.ts';
import { type Apply, type Reply, type Upload, uploadedPath } from '../task.ts';
import type { Part } from './batch.ts';
import { HostShell } from './shell.ts';

/** Seconds that one look may take. */
const LOOK_SECONDS = 60;
const APPLY_SECONDS = 600;

/** A read-only script, and who runs it. */
export interface Probe {
  readonly script: Script;
  readonly as?: string | undefined;
}

/** What a host answered: a reply, `'timeout'`, or undefined when it was not got to. */
export type Answer = Reply | 'timeout' | undefined;

export interface Applied {
  readonly reply: Reply | 'timeout';
  readonly answers: readonly Answer[];
}

export interface ApplyOptions {
  readonly apply: Apply;
  readonly as?: string | undefined;
  readonly timeLimit?: number | undefined;
  /** Scripts that run as the play's user right before and, if it succeeds, right after the apply. */
  readonly before?: Script | undefined;
  readonly after?: Script | undefined;
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void;
}

/** Counts the changes that a run makes anywhere: an answer from before the last one may be out of date. */
export interface Epoch {
  value: number;
}

/** One host during a run: its connection, its open shell, and how often it was asked. */
export class HostSession {
  readonly name: string;
  readonly #connection: Connection;
  readonly #become: string;
  readonly #redactor: Redactor;
  readonly #signal: AbortSignal | undefined;
  readonly #turns = new PQueue({ concurrency: 1 });
  readonly #epoch: Epoch;
  /** Answers by script, each with the epoch it is good for. */
  readonly #known = new Map<string, { readonly reply: Reply; readonly epoch: number }>();
  #shell: HostShell | undefined;
  #roundTrips = 0;

  /** @param become user to become with sudo; undefined to stay the login user */
  constructor(
    name: string,
    connection: Connection,
    become: string | undefined,
    redactor: Redactor,
    epoch: Epoch,
    signal?: AbortSignal,
  ) {
    this.name = name;
    this.#epoch = epoch;
    this.#connection = connection;
    this.#become = become === undefined ? '' : `sudo -n -H -u ${quote(become)} -- `;
    this.#redactor = redactor;
    this.#signal = signal;
  }

  /** Commands and batches sent so far. */
  get roundTrips(): number {
    return this.#roundTrips;
  }

  /**
   * Asks all probes in one batch. The same script asked twice is run once, and one that was answered since the
   * run's last change, on whichever host, isn't run again unless `fresh`.
   */
  async ask(probes: readonly Probe[], { fresh = false } = {}): Promise<readonly Answer[]> {
    const epoch = this.#epoch.value;
    const { parts, ids } = this.#probeParts(probes);
    const known = (part: Part): Reply | undefined => {
      const held = fresh ? undefined : this.#known.get(probeKey(part));
      return held?.epoch === epoch ? held.reply : undefined;
    };
    const answers = new Map<string, Answer>(parts.map((part) => [part.id, known(part)]));
    const asked = parts.filter(({ id }) => answers.get(id) === undefined);
    if (asked.length > 0) {
      const { frames, timedOut } = await this.#batch(asked, LOOK_SECONDS, () => {});
      for (const part of asked) {
        const reply = frames.reply(part.id);
        if (reply) this.#known.set(probeKey(part), { reply, epoch });
        answers.set(part.id, part.id === timedOut ? 'timeout' : reply);
      }
    }
    return ids.map((id) => answers.get(id));
  }

  /** Applies a change and asks the probes, in one batch; a failed apply leaves them unasked. */
  async apply(options: ApplyOptions, probes: readonly Probe[]): Promise<Applied> {
    const { apply, as, timeLimit = APPLY_SECONDS, before, after, onLine } = options;
    const uploads = apply.uploads ?? [];
    for (const upload of uploads) await this.#upload(upload);
    const tidy = uploads.length > 0 && sh`rm -f -- ${uploads.map(uploadedPath)}`;
    const { parts, ids } = this.#probeParts(probes);
    const all: Part[] = [
      ...(before ? [{ id: 'before', script: before, apply: true }] : []),
      { id: 'apply', script: apply.script, as, apply: true },
      ...(after ? [{ id: 'after', script: after, apply: true }] : []),
      ...parts,
    ];
    this.#epoch.value += 1;
    try {
      const { frames, timedOut } = await this.#batch(all, timeLimit + LOOK_SECONDS, (id, stream, line) => {
        if (id === 'apply') onLine(stream, this.#redactor.clean(line));
      });
      const failed = ['before', 'apply', 'after']
        .map((id) => frames.reply(id))
        .find((r) => r && r.code !== 0);
      const reply = failed ?? frames.reply('apply') ?? 'timeout';
      const answers = ids.map((id): Answer => (id === timedOut ? 'timeout' : frames.reply(id)));
      return { reply, answers };
    } finally {
      this.#epoch.value += 1;
      if (tidy) await this.#batch([{ id: 'tidy', script: tidy }], LOOK_SECONDS, () => {}).catch(() => {});
    }
  }

  /** Copies a file of the host to `to` on the controller, whole or not at all, and gives its sha256. */
  async download(path: string, to: string): Promise<string> {
    await mkdir(dirname(to), { recursive: true });
    const part = `${to}.part-${process.pid}-${Date.now()}`;
    const hash = createHash('sha256');
    const file = createWriteStream(part, { mode: 0o600 });
    const errors: Buffer[] = [];
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
      await new Promise<void>((resolve, reject) =>
        file.end((error?: Error | null) => (error ? reject(error) : resolve())),
      );
      if (exit !== 0) throw this.#failed(`could not read ${path}`, Buffer.concat(errors).toString());
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
    onLine: (id: string, stream: 'stdout' | 'stderr', line: string) => void,
  ) {
    for (const { script } of parts) this.#redactor.add(...script.secrets);
    const result = await this.#turns.add(async () => {
      if (!this.#shell?.alive) this.#shell = new HostShell(this.#connection, this.#become);
      this.#roundTrips += 1;
      return this.#shell.run(parts, limitSeconds, onLine, this.#signal);
    });
    const { frames, timedOut } = result;
    const finished = parts.every(({ id }) => frames.reply(id)) || timedOut !== undefined;
    const appliedBadly = parts.some(({ id, apply }) => apply && (frames.reply(id)?.code ?? 0) !== 0);
    if (!finished && !appliedBadly) {
      const missing = frames.exit === 127 ? 'is coreutils (timeout) installed there?' : undefined;
      throw this.#failed('the host could not run the batch', frames.outside || 'it said nothing', missing);
    }
    return result;
  }

  async #upload(upload: Upload): Promise<void> {
    const path = uploadedPath(upload);
    const script = sh`umask 077; t=$(mktemp /var/tmp/ts-play-XXXXXXXX) || exit 1
trap 'rm -f "$t"' EXIT
cat >"$t" || exit 1
sum=$(sha256sum <"$t" | cut -d" " -f1)
[ "$sum" = ${upload.sha256} ] || { echo "sha256 is $sum, not ${upload.sha256}" >&2; exit 1; }
mv -fT "$t" ${path}`;
    const errors: Buffer[] = [];
    const exit = await this.#run(
      script,
      [createReadStream(upload.from)],
      () => {},
      (chunk) => errors.push(chunk),
    );
    if (exit !== 0) throw this.#failed(`could not send ${upload.from}`, Buffer.concat(errors).toString());
  }

  async #run(
    script: Script,
    stdin: readonly Readable[],
    onStdout: (chunk: Buffer) => void,
    onStderr: (chunk: Buffer) => void,
  ): Promise<number | null> {
    this.#roundTrips += 1;
    const command = `${this.#become}/bin/sh -c ${quote(script.reveal())}`;
    const { code } = await this.#connection.run(command, {
      stdin,
      onStdout,
      onStderr,
      ...(this.#signal ? { signal: this.#signal } : {}),
    });
    return code;
  }

  #probeParts(probes: readonly Probe[]): { parts: Part[]; ids: string[] } {
    const byText = new Map<string, Part>();
    const ids = probes.map(({ script, as }) => {
      const key = probeKey({ script, as });
      const part = byText.get(key) ?? { id: String(byText.size), script, as };
      byText.set(key, part);
      return part.id;
    });
    return { parts: [...byText.values()], ids };
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

function probeKey({ script, as }: Probe): string {
  return `${as ?? ''} ${script.reveal()}`;
}
