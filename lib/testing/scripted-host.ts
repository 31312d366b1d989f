import { Readable } from 'node:stream';
import type { CommandOptions, Connection, Exit } from '../connection/connection.ts';
import { PlayError } from '../util/errors.ts';
import { readBatch, type SentBatch, type SentPart } from './sent-batch.ts';

/** What a {@link ScriptedHost} does with one script: it answers with stdout, or something goes wrong. */
export type ScriptAnswer =
  | string
  | { readonly code: number; readonly stdout?: string; readonly stderr?: string }
  /** The time limit ends the batch here. */
  | 'HANG'
  /** The batch's shell is killed here. */
  | 'DIE'
  /** The connection breaks here. */
  | 'LOSE'
  /** The host does not answer any more, until the channel is closed. */
  | 'STALL';

/**
 * Recorded answers for a {@link ScriptedHost}: the first rule counts whose text or pattern is in the script. A question
 * that no rule answers fails with exit code 127 and the script on stderr. Applies that no rule answers succeed.
 *
 * @example new ScriptedHost(recorded([[/^hostname/, 'web1'], ['systemctl', { code: 3 }]]))
 */
export function recorded(
  rules: readonly (readonly [RegExp | string, ScriptAnswer])[],
): (part: SentPart) => ScriptAnswer {
  return ({ id, code }) => {
    const rule = rules.find(([pattern]) =>
      typeof pattern === 'string' ? code.includes(pattern) : pattern.test(code),
    );
    if (rule !== undefined) return rule[1];
    return /^\d+$/.test(id) ? { code: 127, stderr: `no answer is recorded for: ${code}` } : '';
  };
}

/**
 * An in-memory host: a function from scripts to answers. It takes the engine's batches as a real shell does, and so can be
 * given to `run` as a connection. It runs nothing.
 */
export class ScriptedHost implements Connection {
  /** Every batch that was received, in order. */
  readonly batches: SentBatch[] = [];
  /** Every command line that was run, such as the one that opens the shell. */
  readonly commands: string[] = [];
  /** Whether the engine has closed the connection. */
  closed = false;
  readonly #answer: (part: SentPart, batch: SentBatch) => ScriptAnswer | Promise<ScriptAnswer>;

  constructor(answer: (part: SentPart, batch: SentBatch) => ScriptAnswer | Promise<ScriptAnswer>) {
    this.#answer = answer;
  }

  /** Ids and scripts of one batch, for example `0:probe a`. */
  sent(batch: number): readonly string[] {
    return this.batches[batch]?.parts.map(({ id, code }) => `${id}:${code}`) ?? [];
  }

  /** The scripts that were sent as applies. */
  get applied(): readonly string[] {
    const parts = this.batches.flatMap((batch) => batch.parts);
    return parts.filter(({ id }) => id === 'apply').map(({ code }) => code.replace(/^set -eu\n/, ''));
  }

  async run(command: string, options: CommandOptions = {}): Promise<Exit> {
    this.commands.push(command);
    options.onOpen?.();
    const [stdin] = options.stdin ?? [];
    if (!(stdin instanceof Readable)) return { code: 0, signal: undefined };
    return new Promise<Exit>((resolve, reject) => {
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason), { once: true });
      stdin.on('end', () => resolve({ code: 0, signal: undefined }));
      stdin.on('data', (chunk: Buffer) => {
        const batch = readBatch(chunk.toString());
        this.batches.push(batch);
        this.#play(batch, options).catch(reject);
      });
    });
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  async #play(batch: SentBatch, { onStdout, onStderr }: CommandOptions): Promise<void> {
    const mark = (words: string) => {
      onStdout?.(Buffer.from(`\n${batch.mark} ${words}\n`));
      onStderr?.(Buffer.from(`\n${batch.mark} ${words}\n`));
    };
    mark('group 4711');
    let exit = 0;
    for (const part of batch.parts) {
      mark(`begin ${part.id}`);
      const doing = await this.#answer(part, batch);
      if (doing === 'LOSE') throw new PlayError({ kind: 'unreachable', what: 'connection lost' });
      if (doing === 'STALL') return;
      if (doing === 'HANG' || doing === 'DIE') {
        exit = doing === 'HANG' ? 124 : 143;
        break;
      }
      const {
        code,
        stdout = '',
        stderr = '',
      } = typeof doing === 'string' ? { code: 0, stdout: doing } : doing;
      onStdout?.(Buffer.from(stdout));
      onStderr?.(Buffer.from(stderr));
      mark(`end ${part.id} ${code}`);
      if (code !== 0 && ['before', 'apply'].includes(part.id)) break;
    }
    mark(`over ${exit}`);
  }
}
