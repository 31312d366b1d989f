import { ReadStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import type { Connection } from '../../lib/connection/connection.ts';
import { connectLocal } from '../../lib/connection/local.ts';
import { PlayError } from '../../lib/util/errors.ts';

/** The name of applies in these specs. Each test run on this machine has its own, so that they don't block each other. */
export const APPLIES = `tsp${process.pid.toString(36)}`;
process.env['TS_PLAY_APPLY_NAME'] = APPLIES;

/**
 * This machine as a host, with `from` replaced by `to` in everything that is sent to it.
 * @param applies the name of its applies; hosts with different names don't see each other's applies
 */
export function rebasedLocal(from: string, to: string, applies = APPLIES): Connection {
  const local = connectLocal();
  const rebase = (text: string) => text.replaceAll(from, to).replaceAll(APPLIES, applies);
  const rebased = (part: Uint8Array | Readable) => {
    if (!(part instanceof Readable) || part instanceof ReadStream) return part;
    return part.pipe(
      new Transform({
        transform(chunk: Buffer, _encoding, done) {
          done(null, Buffer.from(rebase(chunk.toString('latin1')), 'latin1'));
        },
      }),
    );
  };
  // Scripts with special characters are sent in base64.
  const recoded = (command: string) =>
    command.replace(/(?<=printf %s )\S+/, (code) =>
      Buffer.from(rebase(Buffer.from(code, 'base64').toString())).toString('base64'),
    );
  return {
    run: (command, options = {}) =>
      local.run(rebase(recoded(command)), {
        ...options,
        stdin: (options.stdin ?? []).map(rebased),
      }),
    close: () => local.close(),
  };
}

/** A connection that can be cut, like a lost network: commands on the host continue to run. */
export function cuttable(connection: Connection, when?: AbortSignal): Connection & { cut(): void } {
  const lost = new AbortController();
  when?.addEventListener('abort', () => lost.abort(), { once: true });
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
