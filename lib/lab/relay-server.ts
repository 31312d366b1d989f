import { connect, createServer, type Server, type Socket } from 'node:net';
import { carry } from './delay-line.ts';
import { readLine } from './read-line.ts';

const connectSeconds = 10;

/**
 * The server side of the relay's protocol. A client sends one line and gets one line. `ADDRESS PORT`: after `OK` the
 * socket is connected to this address. `DELAY MS` sets the delay per round trip for all connections, also open ones.
 * `DELAY` returns the current delay. After `ERR reason` the relay closes the socket.
 */
export function createRelay(): Server {
  let delay = 0;
  // Half open: one side may have ended while the other still sends.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    client.on('error', () => client.destroy());
    readLine(client, (request) => {
      if (request === undefined) return client.destroy();
      const [word = '', value] = request.split(' ');
      if (word === 'DELAY') {
        if (value !== undefined && /^\d{1,5}$/.test(value)) delay = Number(value);
        else if (value !== undefined) return client.end('ERR bad delay\n');
        return client.end(`OK ${delay}\n`);
      }
      if (!/^\d+(\.\d+){3}$/.test(word) || !/^\d{1,5}$/.test(value ?? '')) {
        return client.end('ERR bad request\n');
      }
      // Opening a connection takes one round trip itself.
      return setTimeout(() => join(client, word, Number(value), () => delay / 2), delay);
    });
  });
  server.on('error', (error) => {
    throw error;
  });
  return server;
}

function join(client: Socket, host: string, port: number, half: () => number): void {
  if (client.destroyed) return;
  const target = connect({ host, port, noDelay: true, allowHalfOpen: true });
  const refuse = (reason: string) => {
    target.destroy();
    if (!client.destroyed) client.end(`ERR ${reason}\n`);
  };
  const tooLate = setTimeout(() => refuse('ETIMEDOUT'), connectSeconds * 1000);
  const onError = (error: NodeJS.ErrnoException) => refuse(error.code ?? error.message);
  const onGone = () => target.destroy();
  client.once('close', onGone);
  target.once('close', () => clearTimeout(tooLate));
  target.once('error', onError);
  target.once('connect', () => {
    clearTimeout(tooLate);
    target.off('error', onError);
    client.off('close', onGone);
    client.write('OK\n');
    carry(client, target, half);
    carry(target, client, half);
  });
}
