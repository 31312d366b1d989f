import { Readable, type Writable } from 'node:stream';

const CHUNK = 64 * 1024;

/**
 * Writes the parts to a command's stdin in order, with backpressure, then ends the stdin.
 * It is no error when a command ends, or closes its stdin, before it has read everything.
 * `stopped` aborts when nothing reads the stdin any more. Rejects only when a part itself can't be read; the sink then
 * stays open, and the caller has to close it.
 */
export async function feed(
  sink: Writable,
  parts: readonly (Uint8Array | Readable)[],
  stopped: AbortSignal,
): Promise<void> {
  const streams = parts.filter((part) => part instanceof Readable);
  const destroyStreams = () => {
    for (const stream of streams) stream.destroy();
  };
  // A later part may fail while an earlier one is being sent; the loop below reports that when it reads the part.
  for (const stream of streams) stream.on('error', () => {});
  stopped.addEventListener('abort', destroyStreams, { once: true });
  const isClosed = () => stopped.aborted || sink.destroyed || sink.writableEnded;
  try {
    for (const part of parts) {
      for await (const chunk of chunksOf(part)) {
        if (isClosed()) return;
        if (!sink.write(chunk)) await drained(sink, stopped);
      }
    }
    if (!isClosed()) sink.end();
  } catch (error) {
    if (!isClosed()) throw error;
  } finally {
    stopped.removeEventListener('abort', destroyStreams);
    destroyStreams();
  }
}

function chunksOf(part: Uint8Array | Readable): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  return part instanceof Readable ? part : slices(part);
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

function drained(sink: Writable, stopped: AbortSignal): Promise<void> {
  if (stopped.aborted || sink.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ['drain', 'close', 'error']) sink.off(event, done);
      stopped.removeEventListener('abort', done);
      resolve();
    };
    for (const event of ['drain', 'close', 'error']) sink.on(event, done);
    stopped.addEventListener('abort', done);
  });
}
