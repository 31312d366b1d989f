import { StringDecoder } from 'node:string_decoder';
import type { Reply } from '../model/fact.ts';

/** The id of one script within a batch. */
export type FrameId = string;

/** Splits a batch's stdout and stderr at its marker lines into the output of each script. */
export class FrameReader {
  readonly #mark: string;
  readonly #onLine: (id: FrameId, stream: 'stdout' | 'stderr', line: string) => void;
  readonly #endOnly: ReadonlySet<FrameId>;
  readonly #streams: Record<'stdout' | 'stderr', StreamReader>;
  readonly #codes = new Map<FrameId, number>();
  #running: FrameId | undefined;
  #exit: number | undefined;
  #group: number | undefined;
  #kept = 0;

  /**
   * @param mark a random word that no script prints
   * @param onLine called with every complete line as it arrives
   * @param endOnly scripts whose output is cut at the start: a build prints a lot. The output of all others is kept in full.
   */
  constructor(
    mark: string,
    onLine: (id: FrameId, stream: 'stdout' | 'stderr', line: string) => void,
    endOnly: readonly FrameId[] = [],
  ) {
    this.#mark = mark;
    this.#onLine = onLine;
    this.#endOnly = new Set(endOnly);
    this.#streams = { stdout: newStream(), stderr: newStream() };
  }

  push(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    const reader = this.#streams[stream];
    const [first = '', ...others] = reader.decoder.write(chunk).split('\n');
    // Search only the new chunk: a line of many megabytes arrives in many chunks.
    reader.rest += first;
    for (const next of others) {
      this.#line(stream, reader, reader.rest);
      reader.rest = next;
    }
    if (!this.#endOnly.has(reader.id)) this.#kept += chunk.length + LINE_COST * others.length;
    else if (reader.rest.length > MAX_LINE) reader.rest = reader.rest.slice(-MAX_LINE);
  }

  /** Approximate bytes of memory that the kept output takes. */
  get kept(): number {
    return this.#kept;
  }

  /** True once the batch has ended on both streams. */
  get over(): boolean {
    return this.#streams.stdout.over && this.#streams.stderr.over;
  }

  /** The exit code of the batch; 124 or 137 when its time limit ended it. */
  get exit(): number | undefined {
    return this.#exit;
  }

  /** The process group of the batch, to end it from outside. */
  get group(): number | undefined {
    return this.#group;
  }

  /** The script that has begun but not ended. */
  get running(): FrameId | undefined {
    return this.#running;
  }

  /** The reply of a script that has ended. */
  reply(id: FrameId): Reply | undefined {
    const code = this.#codes.get(id);
    if (code === undefined) return undefined;
    const text = (stream: StreamReader) => (stream.texts.get(id) ?? []).join('\n');
    return { code, stdout: text(this.#streams.stdout), stderr: text(this.#streams.stderr) };
  }

  /** Output outside of all scripts: messages of the host when the batch could not start. */
  get outside(): string {
    const { stdout, stderr } = this.#streams;
    return [...(stderr.texts.get('') ?? []), stderr.rest, ...(stdout.texts.get('') ?? []), stdout.rest]
      .filter((line) => line.trim() !== '')
      .join('\n');
  }

  #line(stream: 'stdout' | 'stderr', reader: StreamReader, line: string): void {
    if (line.startsWith(`${this.#mark} `)) {
      this.#marker(stream, reader, line.slice(this.#mark.length + 1).split(' '));
      return;
    }
    const held = reader.texts.get(reader.id) ?? [];
    reader.texts.set(reader.id, held);
    held.push(line);
    if (held.length > 2 * KEPT_LINES && this.#endOnly.has(reader.id)) held.splice(0, KEPT_LINES);
    if (line !== '') this.#onLine(reader.id, stream, line);
  }

  #marker(stream: 'stdout' | 'stderr', reader: StreamReader, [verb, id = '', code]: string[]): void {
    // A newline precedes every marker; after output that ended with a newline, it makes an empty line.
    const held = reader.texts.get(reader.id);
    if (held?.at(-1) === '') held.pop();
    if (verb === 'begin') {
      reader.id = id;
      reader.texts.set(id, []);
      if (stream === 'stdout') this.#running = id;
    } else if (verb === 'end') {
      reader.id = '';
      if (stream === 'stdout') {
        this.#codes.set(id, Number(code));
        this.#running = undefined;
      }
    } else if (verb === 'group') {
      this.#group = Number(id);
    } else if (verb === 'over') {
      reader.over = true;
      if (stream === 'stdout') this.#exit = Number(id);
    }
  }
}

/** How many lines are kept at least of a script in `endOnly`. */
const KEPT_LINES = 1000;
/** Approximate bytes of memory that a line takes in addition to its text. */
const LINE_COST = 32;
/** The most characters of an unfinished line that are kept of a script in `endOnly`. */
const MAX_LINE = 1024 * 1024;

interface StreamReader {
  readonly decoder: StringDecoder;
  readonly texts: Map<FrameId, string[]>;
  rest: string;
  id: FrameId;
  over: boolean;
}

function newStream(): StreamReader {
  return { decoder: new StringDecoder('utf8'), texts: new Map(), rest: '', id: '', over: false };
}
