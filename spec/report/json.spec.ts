import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { jsonReporter } from '../../lib/report/json.ts';
import { convergedRun, RECORDINGS } from '../support/recorded-events.ts';
import { draw } from './draw.ts';

function failingStream(code: string): Writable {
  return new Writable({
    write(_chunk, _encoding, done) {
      setImmediate(() => done(Object.assign(new Error(`write ${code}`), { code })));
    },
  });
}

describe('json', () => {
  for (const [name, events] of Object.entries(RECORDINGS)) {
    it(`prints ${name} unchanged, one event per line, the recap last`, async () => {
      const lines = (await draw('json', events)).trimEnd().split('\n');
      assert.deepEqual(
        lines.map((line) => JSON.parse(line)),
        events,
      );
      assert.match(
        lines.at(-1) ?? '',
        /^\{"type":"recap","exitCode":\d+,"durationMs":\d+,"hosts":\{"hadoop001":\{"ok":/,
      );
    });
  }

  it('loses nothing with a slow reader', async () => {
    let text = '';
    const slow = new Writable({
      highWaterMark: 16,
      write(chunk, _encoding, done) {
        text += chunk;
        setImmediate(done);
      },
    });
    const reporter = jsonReporter({ stdout: slow });
    for (const event of convergedRun) reporter.onEvent(event);
    await reporter.end();
    assert.equal(text.trimEnd().split('\n').length, convergedRun.length);
  });

  it('ignores a reader that has closed', async () => {
    const reporter = jsonReporter({ stdout: failingStream('EPIPE') });
    for (const event of convergedRun) reporter.onEvent(event);
    await new Promise(setImmediate);
    for (const event of convergedRun) reporter.onEvent(event);
    await reporter.end();
  });

  it('ignores a closed terminal, but not a disk that fails', async () => {
    const terminal = Object.assign(failingStream('EIO'), { isTTY: true });
    const reporter = jsonReporter({ stdout: terminal });
    for (const event of convergedRun) reporter.onEvent(event);
    await reporter.end();
    const disk = jsonReporter({ stdout: failingStream('EIO') });
    for (const event of convergedRun) disk.onEvent(event);
    await assert.rejects(disk.end(), { what: "can't write the output" });
  });

  it('reports output that is lost for another reason', async () => {
    const reporter = jsonReporter({ stdout: failingStream('ENOSPC') });
    for (const event of convergedRun) reporter.onEvent(event);
    await assert.rejects(reporter.end(), {
      name: 'PlayError',
      what: "can't write the output",
      why: 'write ENOSPC',
    });
  });

  it('prints no stack trace when a real pipe is closed', async () => {
    const script = `
      const { jsonReporter } = await import(${JSON.stringify(new URL('../../lib/report/json.js', import.meta.url).href)});
      const reporter = jsonReporter(process);
      for (let i = 0; i < 200; i++) {
        reporter.onEvent({ type: 'warning', text: 'x'.repeat(1000) });
        await new Promise(setImmediate);
      }
      await reporter.end();
      process.exitCode = 7;
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    assert.deepEqual(await once(child, 'close'), [7, null]);
    assert.equal(stderr, '');
  });
});
