import { Readable, type Writable } from 'node:stream';

const CHUNK = 64 * 1024;

/**
 * Sends the parts to a command's stdin in order, at the pace the other side takes them, then ends it.
 * A command may end, or close its stdin, before it has read everything: that is its right and no error.
 * `stopped` tells that nobody reads any more. Rejects only when a part itself can't be read; the sink is then left
 * open, for the caller to cut off.
 */
export async function feed(
  sink: Writable,
  parts: readonly (Uint8Array | Readable)[],
  stopped: AbortSignal,
): Promise<void> {
  const streams = parts.filter((part) => part instanceof Readable);
  const drop = () => {
    for (const stream of streams) stream.destroy();
  };
  // A later part may fail while an earlier one is being sent; it is reported when its turn comes.
  for (const stream of streams) stream.on('error', () => {});
  stopped.addEventListener('abort', drop, { once: true });
  const deaf = () => stopped.aborted || sink.destroyed || sink.writableEnded;
  try {
    for (const part of parts) {
      for await (const chunk of chunksOf(part)) {
        if (deaf()) return;
        if (!sink.write(chunk)) await drained(sink, stopped);
      }
    }
    if (!deaf()) sink.end();
  } catch (error) {
    if (!deaf()) throw error;
  } finally {
    stopped.removeEventListener('abort', drop);
    drop();
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
