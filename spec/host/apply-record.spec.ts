import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ApplyRecord,
  askUnderway,
  makeAuthor,
  makeRecord,
  readUnderway,
  stillUnderway,
  type Underway,
} from '../../lib/host/apply-record.ts';
import { batchLine, batchScript, REFUSED } from '../../lib/host/batch.ts';
import { FrameReader } from '../../lib/host/frame.ts';
import { formatError } from '../../lib/util/errors.ts';
import { type Script, sh } from '../../lib/util/sh.ts';
import { shells } from '../support/sandbox.ts';
import './hosts.ts';
import { ends, isAlive } from './processes.ts';

const MARK = 'c0ffee';

describe('the record of an apply', () => {
  it('can be read back with any content', () => {
    const author = { ...makeAuthor("it's.ts", 'rabbit mq'), run: 'ab12' };
    const { run, ...description } = makeRecord(author, 'write "x"\nthen $(rm) ☃');
    const [read] = readUnderway(`4711 4712 ${run} ${JSON.stringify(description)}\n`);
    assert.equal(read?.task, 'write "x" then $(rm) ☃');
    assert.deepEqual({ ...read, task: description.task }, { run, ...description, group: 4711, pid: 4712 });
  });

  it('is short, also when a title is long', () => {
    assert.ok(JSON.stringify(makeRecord(makeAuthor(), 'x'.repeat(100_000))).length < 1000);
  });

  it('is treated as untrusted text', () => {
    const description = { who: 'a\u001b[2Jb', task: 7, since: null, lock: ['x'], playbook: 'p' };
    const [odd, broken, ...others] = readUnderway(
      `1 2 r ${JSON.stringify(description)}\n3 4 r {"who": \n5 x r {}\n\nnonsense`,
    );
    assert.deepEqual([odd?.who, odd?.task, odd?.since, odd?.lock], ['a [2Jb', '?', '?', undefined]);
    assert.deepEqual([broken?.pid, broken?.who], [4, 'an unknown user']);
    assert.deepEqual(others, []);
  });

  it('is shown in the refusal, with who, what, since when, and how to end it', () => {
    const record = makeRecord({ ...makeAuthor('site.ts'), who: 'ann@desk', process: '77' }, 'build it');
    const error = stillUnderway('h1', [{ ...record, since: '2030-01-02T03:04:05Z', group: 11, pid: 12 }]);
    assert.equal(
      formatError(error),
      `another run is still changing this host; nothing was changed
  at: host h1
  why: "build it" of site.ts, run by ann@desk (process 77), since 2030-01-02T03:04:05Z; process 12 on the host
  next: wait for it to end, or end it on the host: kill -TERM -11; then run again`,
    );
  });
});

for (const shell of shells()) {
  describe(`an apply under ${shell.name}`, () => {
    let folder: string;
    let children: ChildProcess[];
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'ts-play-apply-'));
      children = [];
    });
    afterEach(async () => {
      for (const { group } of await underway()) process.kill(-group, 'SIGKILL');
      for (const { pid } of children) if (pid && isAlive(pid)) process.kill(-pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    });

    const file = (name: string) => join(folder, name);
    const words = shell.command.join(' ');
    /** A shell that reads batches, like the one that a session keeps open on a host. */
    function start(line: string) {
      const [program = '', ...args] = shell.command;
      const child = spawn(program, args, { env: { PATH: process.env['PATH'] }, detached: true });
      children.push(child);
      const frames = new FrameReader(MARK, () => {});
      child.stdout.on('data', (chunk: Buffer) => frames.push('stdout', chunk));
      child.stderr.on('data', (chunk: Buffer) => frames.push('stderr', chunk));
      child.stdin.on('error', () => {});
      child.stdin.write(line);
      return { child, frames };
    }
    function apply(script: Script, record: ApplyRecord, limit = 60) {
      const parts = [{ id: 'apply', script, apply: true }];
      const batch = batchScript(MARK, parts, record);
      const line = batchLine(MARK, batch, { limitSeconds: limit, record, relay: true });
      return start(line.reveal().replaceAll('/bin/sh', words));
    }
    async function ask(): Promise<string> {
      const [program = '', ...args] = shell.command;
      const child = spawn(program, [...args, '-c', askUnderway().reveal()]);
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
      await new Promise((done) => child.on('close', done));
      return output;
    }
    const underway = async (): Promise<readonly Underway[]> => readUnderway(await ask());
    async function waitFor(holds: () => boolean | Promise<boolean>): Promise<void> {
      const until = Date.now() + 15_000;
      while (!(await holds())) {
        assert.ok(Date.now() < until, 'timed out');
        await sleep(20);
      }
    }
    const begun = (name = 'begun') => waitFor(() => existsSync(file(name)));
    const one = makeRecord(makeAuthor('one.ts', 'a lock'), "it's one");
    const other = makeRecord(makeAuthor('other.ts'), 'other');

    it('is visible on its host from beginning to end, with its record', async () => {
      const { frames } = apply(
        sh`: >${file('begun')}; while [ ! -e ${file('end')} ]; do sleep 0.1; done`,
        one,
      );
      await begun();
      const found = await underway();
      assert.equal(found.length, 1, JSON.stringify(found));
      const { pid = 0, group = 0, ...record } = found[0] ?? {};
      assert.deepEqual(record, one);
      assert.equal(group, frames.group);
      assert.ok(isAlive(pid) && isAlive(group));
      writeFileSync(file('end'), '');
      await waitFor(() => frames.over);
      assert.deepEqual(await underway(), []);
    });

    it('ends with its script, also when that leaves processes running', async () => {
      const left = sh`( while [ ! -e ${file('end')} ]; do sleep 0.1; done ) &
sh -c 'echo $$ >"$1"; exec sleep 60' sh ${file('daemon')} &
while [ ! -s ${file('daemon')} ]; do sleep 0.1; done`;
      const { frames } = apply(left, one);
      await waitFor(() => frames.over);
      const daemon = Number(readFileSync(file('daemon'), 'utf8'));
      assert.ok(isAlive(daemon));
      assert.deepEqual(await underway(), []);
      process.kill(daemon, 'SIGKILL');
      writeFileSync(file('end'), '');
    });

    /** busybox has a `timeout` of its own, which creates no process group and exits with 143. */
    const timeoutOfBusybox = shell.busybox !== undefined;

    it('stays visible while its script runs, also after its timeout process was killed', async function () {
      if (timeoutOfBusybox) return this.skip();
      const { frames } = apply(sh`: >${file('begun')}; sleep 20`, one);
      await begun();
      process.kill(frames.group ?? 0, 'SIGKILL');
      await waitFor(() => frames.over);
      const found = await underway();
      assert.deepEqual(
        found.map(({ group }) => group),
        [frames.group],
      );
    });

    it('is refused, and changes nothing, while an apply of another run is running', async () => {
      apply(sh`: >${file('begun')}; sleep 20`, one);
      await begun();
      const refused = apply(sh`: >${file('twin')}`, other);
      await waitFor(() => refused.frames.over);
      assert.equal(refused.frames.exit, 0);
      assert.equal(refused.frames.reply('apply'), undefined);
      const [reply] = readUnderway(refused.frames.reply(REFUSED)?.stdout ?? '');
      assert.deepEqual([reply?.who, reply?.task], [one.who, one.task]);
      assert.equal(existsSync(file('twin')), false);
    });

    it('runs in parallel with an apply of the same run', async () => {
      apply(sh`: >${file('begun')}; sleep 20`, one);
      await begun();
      const same = apply(sh`: >${file('same')}`, { ...other, run: one.run });
      await waitFor(() => same.frames.over);
      assert.equal(same.frames.reply('apply')?.code, 0);
      assert.equal(existsSync(file('same')), true);
    });

    it('never runs twice when two begin at once', async function () {
      this.timeout(60_000);
      for (let round = 0; round < 5; round += 1) {
        const script = sh`mkdir ${file('held')} || { : >${file('overlap')}; exit 9; }
sleep 0.2; rmdir ${file('held')}`;
        const both = [apply(script, one), apply(script, other)];
        await waitFor(() => both.every(({ frames }) => frames.over));
        assert.equal(existsSync(file('overlap')), false, `round ${round}`);
      }
    });

    it('continues when the connection is lost, also when it prints', async () => {
      const script = sh`: >${file('begun')}
i=0; while [ $i -lt 100 ]; do echo "line $i"; echo "error $i" >&2; /bin/echo more; i=$((i + 1)); sleep 0.01; done
: >${file('done')}`;
      const { child } = apply(script, one);
      await begun();
      child.stdout.destroy();
      child.stderr.destroy();
      child.stdin.destroy();
      await waitFor(async () => (await underway()).length === 0);
      assert.equal(existsSync(file('done')), true, 'it ended before its end');
    });

    it('prints like without a relay: line by line, each stream in order, everything before the end', async () => {
      const script = sh`echo begun; while [ ! -e ${file('go')} ]; do sleep 0.05; done
i=0; while [ $i -lt 2000 ]; do echo "line $i"; i=$((i + 1)); done; printf last; echo "error" >&2; exit 3`;
      const lines: string[] = [];
      const { frames, child } = apply(script, one);
      child.stdout.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
      await waitFor(() => lines.join('').includes('begun\n'));
      writeFileSync(file('go'), '');
      await waitFor(() => frames.over);
      const printed = Array.from({ length: 2000 }, (_, i) => `line ${i}`);
      assert.deepEqual(frames.reply('apply'), {
        code: 3,
        stdout: ['begun', ...printed, 'last'].join('\n'),
        stderr: 'error',
      });
    });

    it('ends after its time limit, or when its process group gets a signal', async () => {
      const slow = sh`sh -c 'echo $$ >"$1"; exec sleep 60' sh ${file('pid')}`;
      const late = apply(slow, one, 1);
      await waitFor(() => late.frames.over);
      assert.equal(late.frames.exit, timeoutOfBusybox ? 143 : 124);
      const signalled = apply(slow, one);
      await waitFor(() => existsSync(file('pid')) && signalled.frames.running === 'apply');
      await sleep(200);
      process.kill(-(signalled.frames.group ?? 0), 'SIGTERM');
      // The group is then that of the shell itself, which prints nothing any more.
      if (!timeoutOfBusybox) await waitFor(() => signalled.frames.over);
      assert.ok(await ends(Number(readFileSync(file('pid'), 'utf8')), 3000));
      assert.deepEqual(await underway(), []);
    });

    it('of another user is visible too', async function () {
      if (process.getuid?.() !== 0) return this.skip();
      const parts = [{ id: 'apply', script: sh`sleep 20`, apply: true }];
      const batch = batchScript(MARK, parts, one);
      const line = batchLine(MARK, batch, { limitSeconds: 60, record: one, relay: true }).reveal();
      const child = spawn('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', '/bin/sh'], {
        detached: true,
      });
      children.push(child);
      child.stdin.write(line);
      await waitFor(async () => (await underway()).length === 1);
    });
  });
}
