import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askRelay, relayDelay } from '../../lib/lab/relay-client.ts';
import { createRelay } from '../../lib/lab/relay-server.ts';

describe('lab relay', () => {
  let folder: string;
  let path: string;
  let relay: Server;
  let echo: Server;
  let port: number;
  const open = new Set<Socket>();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ts-play-relay-'));
    path = join(folder, 'relay.sock');
    relay = createRelay().listen(path);
    // Answers each chunk at once, and ends only after the other side has ended.
    echo = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('data', (chunk) => socket.write(chunk));
      socket.on('end', () => socket.end('bye'));
    }).listen(0, '127.0.0.1');
    await Promise.all([once(relay, 'listening'), once(echo, 'listening')]);
    port = (echo.address() as AddressInfo).port;
  });
  afterEach(async () => {
    for (const socket of open) socket.destroy();
    open.clear();
    relay.close();
    echo.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function dial(): Promise<Socket> {
    const { ok, socket, text } = await askRelay(path, `127.0.0.1 ${port}`);
    assert.ok(ok, text);
    open.add(socket);
    return socket;
  }

  async function roundTrip(socket: Socket, text = 'ping'): Promise<number> {
    const began = performance.now();
    socket.write(text);
    const [answer] = await once(socket, 'data');
    assert.equal(String(answer), text);
    return performance.now() - began;
  }

  async function readAll(socket: Socket): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  it('transfers bytes in both directions, also after a half close', async () => {
    const sent = randomBytes(3_000_000);
    const socket = await dial();
    socket.end(sent);
    const got = await readAll(socket);
    assert.ok(got.equals(Buffer.concat([sent, Buffer.from('bye')])));
  });

  it('adds the delay that is set, and none after it is set to 0', async () => {
    assert.equal(await relayDelay(path, 60), 60);
    assert.equal(await relayDelay(path), 60);
    const began = performance.now();
    const socket = await dial();
    assert.ok(performance.now() - began >= 59, 'connecting takes one round trip');
    const slow = [await roundTrip(socket), await roundTrip(socket), await roundTrip(socket)];
    assert.ok(Math.min(...slow) >= 59 && Math.min(...slow) < 110, `${slow} ms`);
    await relayDelay(path, 0);
    const quick = Math.min(await roundTrip(socket), await roundTrip(socket), await roundTrip(socket));
    assert.ok(quick < 30, `${quick} ms`);
  });

  it('does not reduce bandwidth: many chunks are queued at once, in order', async () => {
    await relayDelay(path, 100);
    const socket = await dial();
    const sent = randomBytes(8_000_000);
    const began = performance.now();
    socket.end(sent);
    const got = await readAll(socket);
    assert.ok(got.subarray(0, sent.length).equals(sent));
    // With one chunk of 64 KiB per round trip it would take 12 s.
    assert.ok(performance.now() - began < 3000);
  });

  it('keeps the order when the delay becomes shorter', async () => {
    await relayDelay(path, 200);
    const socket = await dial();
    socket.write('first ');
    await sleep(20);
    await relayDelay(path, 0);
    socket.end('second ');
    assert.equal(String(await readAll(socket)), 'first second bye');
  });

  it('delivers queued bytes after the other side has ended', async () => {
    const talker = createServer((socket) => socket.end('last words')).listen(0, '127.0.0.1');
    await once(talker, 'listening');
    await relayDelay(path, 100);
    const { socket } = await askRelay(path, `127.0.0.1 ${(talker.address() as AddressInfo).port}`);
    socket.end();
    assert.equal(String(await readAll(socket)), 'last words');
    talker.close();
  });

  it('closes one side when the other breaks', async () => {
    const socket = await dial();
    await roundTrip(socket);
    for (const other of open) if (other !== socket) other.resetAndDestroy();
    await once(socket, 'close');
  });

  it('reports why it can not connect', async () => {
    echo.close();
    await once(echo, 'close');
    const answer = await askRelay(path, `127.0.0.1 ${port}`);
    assert.deepEqual([answer.ok, answer.text], [false, 'ECONNREFUSED']);
  });

  it('refuses an invalid request and continues to run', async () => {
    for (const line of [
      '',
      'hello',
      '127.0.0.1',
      '127.0.0.1 x',
      'example.com 80',
      'DELAY -1',
      'DELAY soon',
    ]) {
      assert.equal((await askRelay(path, line)).ok, false, line);
    }
    await assert.rejects(askRelay(path, 'x'.repeat(5000)));
    const idle = connect(path);
    idle.end();
    await once(idle, 'close');
    await roundTrip(await dial());
  });

  it('handles many connections', async () => {
    const sockets = await Promise.all(Array.from({ length: 100 }, dial));
    await Promise.all(sockets.map((socket, i) => roundTrip(socket, `number ${i}`)));
  });
});
