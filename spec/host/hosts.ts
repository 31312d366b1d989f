import { ReadStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import type { Connection } from '../../lib/connection/connection.ts';
import { connectLocal } from '../../lib/connection/local.ts';
import { PlayError } from '../../lib/errors.ts';

/** This machine as a host, with `from` in everything that is sent to it replaced by `to`. */
export function rebasedLocal(from: string, to: string): Connection {
  const local = connectLocal();
  const rebased = (part: Uint8Array | Readable) => {
    if (!(part instanceof Readable) || part instanceof ReadStream) return part;
    return part.pipe(
      new Transform({
        transform(chunk: Buffer, _encoding, done) {
          done(null, Buffer.from(chunk.toString('latin1').replaceAll(from, to), 'latin1'));
        },
      }),
    );
  };
  // Scripts that no login shell must see as they are come in base64.
  const recoded = (command: string) =>
    command.replace(/(?<=printf %s )\S+/, (code) =>
      Buffer.from(Buffer.from(code, 'base64').toString().replaceAll(from, to)).toString('base64'),
    );
  return {
    run: (command, options = {}) =>
      local.run(recoded(command).replaceAll(from, to), {
        ...options,
        stdin: (options.stdin ?? []).map(rebased),
      }),
    close: () => local.close(),
  };
}

/** A connection that can be cut, as by a network that goes away: what runs on the host runs on. */
export function cuttable(connection: Connection): Connection & { cut(): void } {
  const lost = new AbortController();
  const error = () =>
    new PlayError({ kind: 'unreachable', what: 'connection lost to h', where: { host: 'h' } });
  return {
    cut: () => lost.abort(),
    async run(command, options = {}) {
      if (lost.signal.aborted) throw error();
      const broken = new Promise<never>((_, reject) => {
        lost.signal.addEventListener('abort', () => reject(error()), { once: true });
      });
      broken.catch(() => {});
      return Promise.race([connection.run(command, options), broken]);
    },
    close: () => connection.close(),
  };
}
