import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { answersQuestion } from '../../../roles/haproxy-build/answers.ts';
import { PID_FILE } from '../../../roles/haproxy-build/paths.ts';

describe('the question whether HAProxy answers', () => {
  it('waits until it does', async () => {
    const server = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    server.close();
    // This machine runs no HAProxy of its own.
    const script = answersQuestion(port).script.reveal().replace(PID_FILE, '/');
    const child = spawn('sh', ['-c', script], { stdio: 'ignore' });
    const late = setTimeout(() => server.listen(port, '127.0.0.1'), 500);
    const [code] = await once(child, 'exit');
    clearTimeout(late);
    server.close();
    assert.equal(code, 0);
  }).timeout(20_000);

  it('is answered with what systemd says when it does not', () => {
    const { parse } = answersQuestion(8101);
    assert.equal(parse({ code: 0, stdout: '', stderr: '' }), true);
    assert.throws(
      () => parse({ code: 1, stdout: 'haproxy.service: failed', stderr: '' }),
      (error: Error & { why?: string }) =>
        /does not answer on 127\.0\.0\.1:8101/.test(error.message) && error.why === 'haproxy.service: failed',
    );
  });
});
