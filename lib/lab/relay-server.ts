import { connect, createServer, type Server, type Socket } from 'node:net';
import { carry } from './delay-line.ts';
import { readLine } from './read-line.ts';

const connectSeconds = 10;

/**
 * The relay's side of its protocol. A client says one line and gets one: `ADDRESS PORT` makes it a pipe to
 * there after `OK`; `DELAY MS` sets the round trip added to every pipe, also those that are open; `DELAY`
 * alone asks for it. `ERR reason` ends the conversation.
 */
export function createRelay(): Server {
  let delay = 0;
  // Half open: one side may have said all it has while the other still talks.
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
      // A connection is a round trip of its own before anything can be said.
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
