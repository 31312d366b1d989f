import type { Writable } from 'node:stream';
import { PlayError } from '../util/errors.ts';

/** Error codes of a stream whose reader has closed: `ts-play … | head` is no failure of the run. */
const READER_GONE = new Set(['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END', 'ECONNRESET']);

/** A closed terminal fails with EIO, and so does a broken disk; only the terminal is ignored. */
const isGone = ({ code = '' }: NodeJS.ErrnoException, stream: Writable) =>
  READER_GONE.has(code) || (code === 'EIO' && 'isTTY' in stream && stream.isTTY === true);

/** Writes lines to a stream that may be slow, full or closed, and never throws during a run. */
export class Sink {
  readonly #stream: Writable;
  #broken: NodeJS.ErrnoException | undefined;

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    this.#broken ??= error;
  };

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', this.#onError);
  }

  line(text: string): void {
    if (this.#canWrite()) this.#stream.write(`${text}\n`);
  }

  /**
   * Resolves when all lines were passed to the operating system.
   * @throws PlayError when they can't be written, except because the reader has closed
   */
  async end(): Promise<void> {
    if (this.#canWrite()) {
      const error = await new Promise<Error | null | undefined>((resolve) => this.#stream.write('', resolve));
      if (error) this.#onError(error);
      // A stream emits its error after the callback: without a listener it would crash the process.
      else this.#stream.off('error', this.#onError);
    }
    const broken = this.#broken;
    if (broken === undefined || isGone(broken, this.#stream)) return;
    throw new PlayError({
      kind: 'input',
      what: "can't write the output",
      why: broken.message,
      cause: broken,
    });
  }

  #canWrite(): boolean {
    return this.#broken === undefined && this.#stream.writable;
  }
}
