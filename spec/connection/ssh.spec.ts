import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectSsh } from '../../lib/connection/ssh.ts';
import { capture, connectionContract, streamingContract } from './contract.ts';
import { newKey } from './keys.ts';
import { loopback } from './ssh/loopback.ts';
import { type SshServer, startSshServer } from './ssh-server.ts';
import { type Sshd, startSshd, whyNoSshd } from './sshd.ts';

describe('connectSsh', () => {
  const hostKey = newKey();
  const userKey = newKey();
  let dir: string;
  let keyFile: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ts-play-ssh-'));
    keyFile = join(dir, 'id_ed25519');
    await writeFile(keyFile, userKey.pem, { mode: 0o600 });
  });
  after(() => rm(dir, { recursive: true }));

  const connectTo = async (port: number, rest: Parameters<typeof loopback>[1] = {}) => {
    const known = join(dir, `known_hosts_${port}`);
    await writeFile(known, `[127.0.0.1]:${port} ${hostKey.line}\n`);
    return connectSsh(loopback(port, { privateKeyFiles: [keyFile], knownHostsFiles: [known], ...rest }));
  };

  const reason = whyNoSshd();
  describe(`to a real sshd${reason ? ` (skipped: ${reason})` : ''}`, () => {
    let sshd: Sshd;
    before(async function () {
      if (reason) return this.skip();
      sshd = await startSshd([hostKey.pem], userKey.line);
    });
    after(() => sshd?.close());

    connectionContract(() => connectTo(sshd.port));
    streamingContract(() => connectTo(sshd.port));

    it('uses as many channels as MaxSessions allows', async () => {
      const strict = await startSshd([hostKey.pem], userKey.line, ['MaxSessions 2']);
      try {
        const connection = await connectTo(strict.port);
        const ran = await Promise.all(
          Array.from({ length: 9 }, (_, i) => capture(connection, `sleep 0.05; echo ${i}`)),
        );
        assert.deepEqual(
          ran.map(({ stdout }) => Number(stdout)),
          [0, 1, 2, 3, 4, 5, 6, 7, 8],
        );
        await connection.close();
      } finally {
        await strict.close();
      }
    });

    it('connects all of a burst although sshd drops some connections', async () => {
      const busy = await startSshd([hostKey.pem], userKey.line, ['MaxStartups 1:100:2']);
      try {
        const connections = await Promise.all(Array.from({ length: 6 }, () => connectTo(busy.port)));
        const exits = await Promise.all(connections.map((connection) => connection.run('true')));
        assert.deepEqual(new Set(exits.map(({ code }) => code)), new Set([0]));
        await Promise.all(connections.map((connection) => connection.close()));
      } finally {
        await busy.close();
      }
    });

    it('detects a host that stops answering', async () => {
      const frozen = await startSshd([hostKey.pem], userKey.line);
      const connection = await connectTo(frozen.port, { keepaliveIntervalMs: 100, keepaliveCountMax: 2 });
      const session: number[] = [];
      try {
        const running = assert.rejects(
          connection.run('echo $PPID; sleep 8', {
            onStdout: (chunk) => {
              session.push(Number(chunk));
              // The sshd process of this connection.
              process.kill(Number(chunk), 'SIGSTOP');
            },
          }),
          { name: 'PlayError', kind: 'unreachable', message: 'connection lost to web1', why: /keepalive/ },
        );
        await running;
        await assert.rejects(connection.run('true'), { kind: 'unreachable' });
      } finally {
        for (const pid of session) process.kill(pid, 'SIGCONT');
        await connection.close();
        await frozen.close();
      }
    });
  });

  describe('to a server in this process', () => {
    let server: SshServer;
    before(async () => {
      server = await startSshServer({ hostKeys: [hostKey.pem] });
    });
    after(() => server.close());

    connectionContract(() => connectTo(server.port));
    streamingContract(() => connectTo(server.port));

    it('opens only as many channels as the host allows', async () => {
      const strict = await startSshServer({ hostKeys: [hostKey.pem], maxSessions: 3 });
      const connection = await connectTo(strict.port);
      const ran = await Promise.all(
        Array.from({ length: 9 }, (_, i) => capture(connection, `sleep 0.05; echo ${i}`)),
      );
      assert.deepEqual(
        ran.map(({ stdout }) => Number(stdout)),
        [0, 1, 2, 3, 4, 5, 6, 7, 8],
      );
      await connection.close();
      await strict.close();
    });

    it('reports a host that opens no channel at all', async () => {
      const stingy = await startSshServer({ hostKeys: [hostKey.pem], maxSessions: 0 });
      const connection = await connectTo(stingy.port);
      await assert.rejects(connection.run('true'), {
        kind: 'unreachable',
        message: 'web1 did not start a command',
      });
      await connection.close();
      await stingy.close();
    });

    it('rejects running commands when the host closes the connection', async () => {
      const connection = await connectTo(server.port);
      const running = assert.rejects(connection.run('sleep 8'), {
        name: 'PlayError',
        kind: 'unreachable',
        message: 'connection lost to web1',
      });
      await sleep(100);
      server.drop();
      await running;
      await assert.rejects(connection.run('true'), { kind: 'unreachable' });
      await connection.close();
    });

    it('stops connecting when it is aborted', async () => {
      const stop = new AbortController();
      const gone = new Error('enough');
      const silent = loopback(server.port, { dial: () => new Promise(() => {}), privateKeyFiles: [keyFile] });
      setTimeout(() => stop.abort(gone), 50);
      await assert.rejects(connectSsh(silent, { signal: stop.signal }), (error) => error === gone);
      await assert.rejects(connectSsh(silent, { signal: stop.signal }), (error) => error === gone);
    });
  });
});
