import { StringDecoder } from 'node:string_decoder';
import type { Reply } from '../task.ts';

/** Names one framed script within a batch. */
export type FrameId = string;

/** What a batch's two streams said so far, taken apart by its marker. */
export class FrameReader {
  readonly #mark: string;
  readonly #onLine: (id: FrameId, stream: 'stdout' | 'stderr', line: string) => void;
  readonly #streams: Record<'stdout' | 'stderr', StreamReader>;
  readonly #codes = new Map<FrameId, number>();
  #running: FrameId | undefined;
  #exit: number | undefined;
  #group: number | undefined;

  /**
   * @param mark a word that no script prints by chance
   * @param onLine every complete line, as it arrives
   */
  constructor(mark: string, onLine: (id: FrameId, stream: 'stdout' | 'stderr', line: string) => void) {
    this.#mark = mark;
    this.#onLine = onLine;
    this.#streams = { stdout: newStream(), stderr: newStream() };
  }

  push(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    const reader = this.#streams[stream];
    const text = reader.rest + reader.decoder.write(chunk);
    const lines = text.split('\n');
    reader.rest = lines.pop() ?? '';
    for (const line of lines) this.#line(stream, reader, line);
  }

  /** True once the batch has ended on both streams. */
  get over(): boolean {
    return this.#streams.stdout.over && this.#streams.stderr.over;
  }

  /** The batch's own exit code; 124 or 137 when its time limit ended it. */
  get exit(): number | undefined {
    return this.#exit;
  }

  /** The process group the batch runs in, to end it from outside. */
  get group(): number | undefined {
    return this.#group;
  }

  /** The script that had begun and not ended. */
  get running(): FrameId | undefined {
    return this.#running;
  }

  /** The answer of a script that ended. */
  reply(id: FrameId): Reply | undefined {
    const code = this.#codes.get(id);
    if (code === undefined) return undefined;
    const text = (stream: StreamReader) => (stream.texts.get(id) ?? []).join('\n');
    return { code, stdout: text(this.#streams.stdout), stderr: text(this.#streams.stderr) };
  }

  /** What is outside every frame: the host's own words when the batch could not start. */
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
    if (held.length > KEPT_LINES) held.splice(0, held.length - KEPT_LINES);
    if (line !== '') this.#onLine(reader.id, stream, line);
  }

  #marker(stream: 'stdout' | 'stderr', reader: StreamReader, [verb, id = '', code]: string[]): void {
    // Every marker is printed after a newline of its own, which leaves an empty line where output had ended well.
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

/** Lines kept of one script's output; a build prints more, and only its end matters. */
const KEPT_LINES = 100_000;

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
