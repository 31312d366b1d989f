import type { Duplex } from 'node:stream';

/** With more queued bytes than this, the sender has to wait; much more than the delay needs at full speed. */
const mostQueued = 64 * 1024 * 1024;

/**
 * Copies bytes from one stream to the other, each chunk `delay()` milliseconds after it was received. Many chunks are
 * queued at once, in order, so that this adds latency but does not reduce the bandwidth. The end of `from` ends `to`
 * after all chunks before it.
 */
export function carry(from: Duplex, to: Duplex, delay: () => number): void {
  // A chunk of undefined is the end of the stream.
  const queue: { due: number; chunk: Buffer | undefined }[] = [];
  let queued = 0;
  let blocked = false;
  let ended = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    timer = undefined;
    while (!blocked) {
      const next = queue[0];
      if (next === undefined) break;
      const wait = next.due - performance.now();
      if (wait > 0.5) {
        timer = setTimeout(flush, wait);
        break;
      }
      queue.shift();
      if (next.chunk === undefined) {
        to.end();
        return;
      }
      queued -= next.chunk.length;
      if (!to.write(next.chunk)) blocked = true;
    }
    if (!blocked && queued < mostQueued) from.resume();
  };
  const push = (chunk: Buffer | undefined) => {
    if (closed) return;
    // Never before an earlier chunk, also when the delay has just become shorter.
    const due = Math.max(performance.now() + delay(), queue.at(-1)?.due ?? 0);
    queue.push({ due, chunk });
    queued += chunk?.length ?? 0;
    if (timer === undefined) flush();
    if (blocked || queued >= mostQueued) from.pause();
  };

  from.on('data', push);
  from.resume();
  from.on('end', () => {
    ended = true;
    push(undefined);
  });
  to.on('drain', () => {
    blocked = false;
    if (timer === undefined) flush();
  });
  from.on('error', () => to.destroy());
  from.on('close', () => {
    // Closed without an end: the connection broke.
    if (!ended) to.destroy();
  });
  to.on('close', () => {
    // When it broke, the copy in the other direction sees that and closes `from`.
    clearTimeout(timer);
    queue.length = 0;
    closed = true;
  });
}
