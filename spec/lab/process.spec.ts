import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { descendantsOf, isGone, isRunning, killNow, parseRecord, parseStat } from '../../lib/lab/process.ts';

describe('lab processes', () => {
  let child: ChildProcess;
  let pid: number;
  beforeEach(async () => {
    child = spawn('sleep', ['61.25']);
    await once(child, 'spawn');
    pid = child.pid ?? 0;
  });
  afterEach(() => child.kill('SIGKILL'));

  const startOf = async (id: number) => parseStat(await readFile(`/proc/${id}/stat`, 'utf8')).start;

  it('are identified by id, start time and an argument', async () => {
    const start = await startOf(pid);
    assert.equal(await isRunning({ pid, start }, '61.25'), true);
    assert.equal(
      await isRunning({ pid, start: '1' }, '61.25'),
      false,
      'a different process with the same id',
    );
    assert.equal(await isRunning({ pid, start }, 'labs/mine'), false, 'a process without the argument');
    assert.equal(await isRunning({ pid: 4_194_305, start }, '61.25'), false);
  });

  it('count as ended after SIGKILL, reaped or not', async () => {
    const start = await startOf(pid);
    assert.equal(await isGone(pid), false);
    killNow(pid);
    await once(child, 'exit');
    assert.equal(await isGone(pid), true);
    assert.equal(await isRunning({ pid, start }, '61.25'), false);
    killNow(pid);
  });

  it('are found by descent', async () => {
    assert.ok((await descendantsOf(process.pid, 1)).includes(pid));
    assert.deepEqual(await descendantsOf(process.pid, 0), []);
  });

  it('are recorded as id and start time', () => {
    assert.deepEqual(parseRecord('17 4242\n'), { pid: 17, start: '4242' });
    for (const text of ['', '17', '17 4242 1', '-1 4', 'a b'])
      assert.equal(parseRecord(text), undefined, text);
  });

  it('may have any name', () => {
    const fields = ['S', ...Array.from({ length: 18 }, (_, i) => String(i)), '4242', 'rest'];
    assert.deepEqual(parseStat(`9 (a) b (c) ${fields.join(' ')}`), { state: 'S', start: '4242' });
  });
});
