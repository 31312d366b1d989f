import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { liveReporter } from '../../../lib/report/live/reporter.ts';
import { FakeTerminal } from '../../support/fake-terminal.ts';
import { failingRun, firstRun, RECORDINGS } from '../../support/recorded-events.ts';

const HIDE = '\u001b[?25l';
const SHOW = '\u001b[?25h';
const COLOUR = new RegExp(`${'\u001b'}\\[\\d+m`);

function live(colour = false) {
  const stdout = new FakeTerminal();
  const stderr = new FakeTerminal();
  return { stdout, stderr, reporter: liveReporter({ stdout, stderr, verbosity: 0, diff: false, colour }) };
}

/** Waits until it has been drawn; how long that takes depends on the load of the machine. */
async function drawn(terminal: FakeTerminal, what: RegExp): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end && !what.test(terminal.text); ) await sleep(20);
  assert.match(terminal.text, what);
}

describe('live', () => {
  for (const [name, events] of Object.entries(RECORDINGS)) {
    it(`restores the cursor after ${name}, also when events are missing`, async function () {
      this.timeout(20_000);
      for (let length = 1; length <= events.length; length += 1) {
        const { stdout, stderr, reporter } = live();
        const write = stdout.write;
        for (const event of events.slice(0, length)) reporter.onEvent(event);
        await reporter.end();
        assert(stdout.text.includes(HIDE));
        assert(stdout.text.lastIndexOf(SHOW) > stdout.text.lastIndexOf(HIDE));
        assert.equal(stdout.write, write);
        assert.equal(stderr.text, '');
      }
    });
  }

  it('draws during the run, then clears the drawing and prints the summary', async () => {
    const { stdout, reporter } = live();
    const output = firstRun.findLastIndex(({ type }) => type === 'output');
    for (const event of firstRun.slice(0, output + 1)) reporter.onEvent(event);
    await drawn(stdout, /▸ haproxy-build: source haproxy-2\.6\.12 \d s/);
    await drawn(stdout, /│ {3}CC {6}src\/cfgparse\.o/);
    for (const event of firstRun.slice(output + 1)) reporter.onEvent(event);
    await reporter.end();
    const kept = stdout.text.slice(stdout.text.lastIndexOf(SHOW));
    assert(!kept.includes('src/cfgparse.o'));
    assert.match(kept, /✔ hadoop001: 2 ok, 5 changed, 1 skipped/);
    assert.match(kept, /changed: file \/etc\/haproxy\/haproxy\.cfg — content/);
    assert.match(kept, /⚠ hadoop001: accepted the new host key/);
    assert(kept.endsWith('2 hosts, 5 changed, 44 s\n'));
  });

  it('keeps the drawing between the last play and the end', async () => {
    const { stdout, reporter } = live();
    for (const event of failingRun) reporter.onEvent(event);
    await drawn(stdout, /next: add libssl-dev/);
    assert(!stdout.text.includes(SHOW));
    await reporter.end();
    assert(stdout.text.includes(SHOW));
  });

  it('prints what others wrote during the run after its end, so that the frame stays intact', async () => {
    const { stdout, stderr, reporter } = live();
    for (const event of firstRun) reporter.onEvent(event);
    await new Promise((resolve) => setTimeout(resolve, 50));
    stderr.write('(node) DeprecationWarning\n');
    assert(!stderr.text.includes('Deprecation'));
    await reporter.end();
    assert((stdout.text + stderr.text).includes('(node) DeprecationWarning'));
  });

  it('does not keep the process alive', async () => {
    const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    const script = `
      const { liveReporter } = await import(${url('../../../lib/report/live/reporter.js')});
      const { FakeTerminal } = await import(${url('../../support/fake-terminal.js')});
      const { failingRun } = await import(${url('../../support/recorded-events.js')});
      const [stdout, stderr] = [new FakeTerminal(), new FakeTerminal()];
      const reporter = liveReporter({ stdout, stderr, verbosity: 0, diff: false, colour: true });
      for (const event of failingRun) reporter.onEvent(event);
      await reporter.end();
      process.exitCode = 7;
    `;
    const child = execFile(process.execPath, ['--input-type=module', '-e', script], { timeout: 10_000 });
    assert.deepEqual(await once(child, 'close'), [7, null]);
  }).timeout(15_000);

  it('uses no colour when it is switched off', async () => {
    const { stdout, reporter } = live(false);
    for (const event of failingRun) reporter.onEvent(event);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await reporter.end();
    assert(!COLOUR.test(stdout.text));
    const coloured = live(true);
    for (const event of failingRun) coloured.reporter.onEvent(event);
    await coloured.reporter.end();
    assert(COLOUR.test(coloured.stdout.text));
  });
});
