import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { checkScript } from '../../../roles/keepalived-build/config.ts';

async function check(port: number): Promise<number> {
  const child = spawn('bash', ['-s'], { stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.end(checkScript(port));
  const [code] = await once(child, 'exit');
  return Number(code);
}

describe('the check of HAProxy, run by bash', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  async function listening(answer: string | undefined): Promise<number> {
    server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => (answer === undefined ? undefined : socket.end(answer)));
      socket.unref();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  it('succeeds when the answer is 200', async () => {
    assert.equal(await check(await listening('HTTP/1.0 200 OK\r\n\r\n')), 0);
  });

  it('fails when the answer is another', async () => {
    assert.notEqual(await check(await listening('HTTP/1.0 503 No\r\n\r\n')), 0);
  });

  it('fails when nobody listens', async () => {
    const port = await listening('');
    server?.close();
    assert.notEqual(await check(port), 0);
  });

  it('fails within a second when nothing is answered', async () => {
    const port = await listening(undefined);
    const began = Date.now();
    assert.notEqual(await check(port), 0);
    assert.ok(Date.now() - began < 3000);
  });
});
