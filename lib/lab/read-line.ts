import type { Duplex } from 'node:stream';

const longestLine = 256;

/**
 * Reads one line; the rest of the stream can then be read as from a new stream. `then` gets `undefined` when the stream
 * ends or breaks, or the line is too long.
 */
export function readLine(stream: Duplex, then: (line: string | undefined) => unknown): void {
  let head = Buffer.alloc(0);
  const finish = (line: string | undefined) => {
    stream.off('readable', onReadable);
    stream.off('end', onEnd);
    stream.off('close', onEnd);
    then(line);
  };
  const onEnd = () => finish(undefined);
  const onReadable = () => {
    const chunk: Buffer | null = stream.read();
    if (chunk === null) return;
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\n');
    if (Math.max(end, end < 0 ? head.length : 0) > longestLine) return finish(undefined);
    if (end < 0) return;
    const rest = head.subarray(end + 1);
    if (rest.length > 0) stream.unshift(rest);
    finish(head.subarray(0, end).toString('latin1').trimEnd());
  };
  stream.on('readable', onReadable);
  stream.on('end', onEnd);
  stream.on('close', onEnd);
}
