import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answersFact } from '../../../roles/domain/haproxy/facts/answers.ts';
import { PID_FILE } from '../../../roles/domain/haproxy/paths.ts';

describe('the question whether HAProxy answers', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ts-play-answers-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Asks of an HAProxy whose PID file is in a folder of our own. */
  const ask = (port: number) => {
    const script = answersFact(port).script.reveal().replaceAll(PID_FILE, join(folder, 'pid'));
    return once(spawn('sh', ['-c', script], { stdio: 'ignore' }), 'exit');
  };

  it('waits until it does', async () => {
    writeFileSync(join(folder, 'pid'), '1');
    const server = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    server.close();
    const late = setTimeout(() => server.listen(port, '127.0.0.1'), 500);
    const [code] = await ask(port);
    clearTimeout(late);
    server.close();
    assert.equal(code, 0);
  }).timeout(20_000);

  it('does not wait for one that was never started', async () => {
    const started = performance.now();
    const [code] = await ask(1);
    assert.equal(code, 1);
    assert.ok(performance.now() - started < 5000);
  });

  it('is answered with what systemd says when it does not', () => {
    const { parse } = answersFact(8101);
    assert.equal(parse({ code: 0, stdout: '', stderr: '' }), true);
    assert.throws(
      () => parse({ code: 1, stdout: 'haproxy.service: failed', stderr: '' }),
      (error: Error & { why?: string }) =>
        /does not answer on 127\.0\.0\.1:8101/.test(error.message) && error.why === 'haproxy.service: failed',
    );
  });
});
