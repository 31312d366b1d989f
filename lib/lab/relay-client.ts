import { connect, type Socket } from 'node:net';
import { readLine } from './read-line.ts';

/** What the relay answered, and the socket, which after OK is a pipe to where was asked. */
export interface RelayAnswer {
  readonly ok: boolean;
  /** What stands after OK or ERR. */
  readonly text: string;
  readonly socket: Socket;
}

/** Says one line to the relay. Rejects when there is no relay or it ends without an answer. */
export function askRelay(socketPath: string, line: string): Promise<RelayAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: socketPath });
    socket.once('error', reject);
    readLine(socket, (answer) => {
      socket.off('error', reject);
      const [, word, text = ''] = /^(OK|ERR)(?: (.*))?$/.exec(answer ?? '') ?? [];
      if (word !== 'OK') socket.destroy();
      if (word === undefined) reject(new Error('the relay broke off'));
      else resolve({ ok: word === 'OK', text, socket });
    });
    socket.write(`${line}\n`);
  });
}

/** Sets the round trip in milliseconds that the relay adds, or only asks for it; gives what holds then. */
export async function relayDelay(socketPath: string, milliseconds?: number): Promise<number> {
  const line = milliseconds === undefined ? 'DELAY' : `DELAY ${milliseconds}`;
  const { socket, text } = await askRelay(socketPath, line);
  socket.destroy();
  return Number(text);
}
