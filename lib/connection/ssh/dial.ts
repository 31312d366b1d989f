import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { onAbort } from '../abort.ts';
import type { SshTarget } from './target.ts';

/**
 * Opens the byte stream to the target's sshd. When the signal aborts first, a stream that opens later is closed.
 */
export function dial(target: SshTarget, signal: AbortSignal): Promise<Duplex> {
  if (!target.dial) return dialTcp(target.address, target.port, signal);
  const dialled = target.dial(target.address, target.port);
  return new Promise((resolve, reject) => {
    const release = onAbort([signal], (reason) => {
      reject(reason);
      dialled.then(
        (late) => late.destroy(),
        () => {},
      );
    });
    dialled.then(resolve, reject).finally(release);
  });
}

/** TCP with TCP_NODELAY: with Nagle's algorithm every command would wait 40 ms for a delayed ACK. */
function dialTcp(host: string, port: number, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const release = onAbort([signal], (reason) => {
      socket.destroy();
      reject(reason);
    });
    const failed = (error: Error) => {
      release();
      reject(error);
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      release();
      socket.off('error', failed);
      resolve(socket);
    });
  });
}
