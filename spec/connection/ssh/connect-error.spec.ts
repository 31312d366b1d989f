import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectSsh, type SshTarget } from '../../../lib/connection/ssh.ts';
import { PlayError } from '../../../lib/util/errors.ts';
import { newKey } from '../keys.ts';
import { type SshServer, startSshServer } from '../ssh-server.ts';
import { loopback } from './loopback.ts';

describe('connecting to a host with a problem', () => {
  const hostKey = newKey();
  let server: SshServer;
  let dir: string;
  const sockets = new Set<Socket>();
  const servers = new Set<Server>();

  before(async () => {
    server = await startSshServer({ hostKeys: [hostKey.pem] });
    dir = await mkdtemp(join(tmpdir(), 'ts-play-trouble-'));
    await writeFile(join(dir, 'id'), newKey().pem);
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    for (const tcp of servers) tcp.close();
    servers.clear();
  });
  after(async () => {
    await server.close();
    await rm(dir, { recursive: true });
  });

  /** Starts a TCP server that passes each connection to `serve`, and returns its port. */
  async function listen(serve: (socket: Socket, count: number) => void): Promise<number> {
    let count = 0;
    const tcp = createServer((socket) => {
      count += 1;
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
      serve(socket, count);
    });
    servers.add(tcp);
    await new Promise<void>((resolve) => {
      tcp.listen(0, '127.0.0.1', resolve);
    });
    return (tcp.address() as AddressInfo).port;
  }

  /** Forwards the connection to the SSH server. */
  const relay = (socket: Socket) => {
    const to = connect(server.port, '127.0.0.1');
    to.on('error', () => {});
    socket.pipe(to).pipe(socket);
  };

  async function attempt(port: number, rest: Partial<SshTarget> = {}): Promise<void> {
    const known = join(dir, 'known_hosts');
    await writeFile(known, `[127.0.0.1]:${port} ${hostKey.line}\n`);
    const target = loopback(port, { privateKeyFiles: [join(dir, 'id')], knownHostsFiles: [known], ...rest });
    await (await connectSsh(target)).close();
  }
  const failure = async (port: number, rest: Partial<SshTarget> = {}): Promise<PlayError> => {
    const error = await attempt(port, rest).then(
      () => assert.fail('connected'),
      (thrown) => thrown,
    );
    assert.ok(error instanceof PlayError, String(error));
    assert.equal(error.kind, 'unreachable');
    assert.equal(error.where.host, 'web1');
    assert.ok(error.next, 'it does not say what to do next');
    return error;
  };

  it('fails at once when nothing listens', async () => {
    const port = await listen(() => {});
    for (const tcp of servers) tcp.close();
    servers.clear();
    const started = performance.now();
    assert.equal((await failure(port)).what, `web1 refused the connection on 127.0.0.1:${port}`);
    assert.ok(performance.now() - started < 1000, 'it was tried again');
  });

  it('reports an unknown host name', async () => {
    const { what } = await failure(22, { address: 'no-such-host.invalid' });
    assert.match(what, /(unknown|can't resolve the) host name no-such-host\.invalid/);
  });

  it('times out when a server does not answer', async () => {
    const port = await listen(() => {});
    const started = performance.now();
    const { what, why } = await failure(port, { connectTimeoutMs: 300 });
    assert.match(what, /^the SSH handshake with web1 at 127\.0\.0\.1:\d+ timed out after 0\.3 s$/);
    assert.match(why ?? '', /the port is open, but no SSH server answered/);
    const took = performance.now() - started;
    assert.ok(took > 250 && took < 2000, `${took} ms`);
  });

  it('times out when dialling gets no answer, and closes a connection that opens too late', async () => {
    let late: Socket | undefined;
    const dial = () =>
      new Promise<Socket>((resolve) => {
        setTimeout(() => {
          late = connect(server.port, '127.0.0.1');
          resolve(late);
        }, 400);
      });
    const { what } = await failure(22, { dial, connectTimeoutMs: 200 });
    assert.equal(what, 'web1 does not answer at 127.0.0.1:22');
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.equal(late?.destroyed, true);
  });

  it('passes on an error of dialling', async () => {
    const dial = () =>
      Promise.reject(new PlayError({ kind: 'unreachable', what: 'lab x is not up', next: 'y' }));
    assert.equal((await failure(22, { dial })).what, 'lab x is not up');
  });

  it('tries again when a host drops the first connections of a burst', async () => {
    let tries = 0;
    const port = await listen((socket, count) => {
      tries = count;
      if (count === 1) socket.destroy();
      else if (count === 2) socket.end('Exceeded MaxStartups\r\n');
      else if (count === 3) socket.resetAndDestroy();
      else relay(socket);
    });
    await attempt(port);
    assert.equal(tries, 4);
  });

  it('tries again when a host closes the connection during the key exchange', async () => {
    let tries = 0;
    const port = await listen((socket, count) => {
      tries = count;
      if (count > 1) return relay(socket);
      socket.write('SSH-2.0-OpenSSH_9.2\r\n');
      socket.once('data', () => socket.destroy());
    });
    await attempt(port);
    assert.equal(tries, 2);
  });

  it('fails after several attempts when a host drops every connection', async () => {
    let tries = 0;
    const port = await listen((socket, count) => {
      tries = count;
      socket.destroy();
    });
    const { what, why } = await failure(port, { retryMs: 800 });
    assert.equal(what, 'web1 closed every connection before the end of the SSH handshake');
    assert.ok(tries > 1 && why?.startsWith(`${tries} attempts`), why);
  });

  it('stops trying when it is aborted', async () => {
    const port = await listen((socket) => socket.destroy());
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 300);
    const target = loopback(port, { privateKeyFiles: [join(dir, 'id')] });
    await assert.rejects(connectSsh(target, { signal: stop.signal }), /enough/);
  });

  it('detects a host that stops answering', async () => {
    let frozen: Socket | undefined;
    const port = await listen((socket) => {
      frozen = socket;
      relay(socket);
    });
    const known = join(dir, 'known_hosts');
    await writeFile(known, `[127.0.0.1]:${port} ${hostKey.line}\n`);
    const connection = await connectSsh(
      loopback(port, {
        privateKeyFiles: [join(dir, 'id')],
        knownHostsFiles: [known],
        keepaliveIntervalMs: 100,
        keepaliveCountMax: 2,
      }),
    );
    const running = assert.rejects(
      connection.run('sleep 5'),
      ({ kind, what, why }: PlayError) =>
        kind === 'unreachable' && what === 'connection lost to web1' && /keepalives/.test(why ?? ''),
    );
    setTimeout(() => frozen?.unpipe().pause(), 200);
    await running;
    await connection.close();
  });
});
