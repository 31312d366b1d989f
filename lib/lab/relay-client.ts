import { connect, type Socket } from 'node:net';
import { readLine } from './read-line.ts';

/** The relay's answer, and the socket, which after OK is connected to the requested address. */
export interface RelayAnswer {
  readonly ok: boolean;
  /** The text after OK or ERR. */
  readonly text: string;
  readonly socket: Socket;
}

/** Sends one line to the relay. Rejects when no relay is running or it ends without an answer. */
export function askRelay(socketPath: string, line: string): Promise<RelayAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: socketPath });
    socket.once('error', reject);
    readLine(socket, (answer) => {
      socket.off('error', reject);
      const [, word, text = ''] = /^(OK|ERR)(?: (.*))?$/.exec(answer ?? '') ?? [];
      if (word !== 'OK') socket.destroy();
      if (word === undefined) reject(new Error('the relay closed the connection without an answer'));
      else resolve({ ok: word === 'OK', text, socket });
    });
    socket.write(`${line}\n`);
  });
}

/** Sets the delay in milliseconds that the relay adds to each round trip, if given, and returns the current one. */
export async function relayDelay(socketPath: string, milliseconds?: number): Promise<number> {
  const line = milliseconds === undefined ? 'DELAY' : `DELAY ${milliseconds}`;
  const { socket, text } = await askRelay(socketPath, line);
  socket.destroy();
  return Number(text);
}
