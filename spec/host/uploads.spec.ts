import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { claimScript, receiveScript, sweepScript } from '../../lib/host/uploads.ts';
import type { Script } from '../../lib/util/sh.ts';
import { shells } from '../support/sandbox.ts';

const sum = (text: string) => createHash('sha256').update(text).digest('hex');

for (const shell of shells()) {
  describe(`uploads, under ${shell.name}`, () => {
    let folder: string;
    let owner: ChildProcess;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'ts-play-uploads-'));
      owner = spawn('sleep', ['60']);
    });
    afterEach(() => {
      owner.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    });

    const [program = '', ...args] = shell.command;
    const rebased = (script: Script) => script.reveal().replaceAll('/var/tmp/ts-play-', `${folder}/ts-play-`);
    const run = (script: Script, ...before: readonly string[]) =>
      spawnSync(program, [...args, '-c', [...before, rebased(script)].join('\n')], { encoding: 'utf8' });
    const claim = () => run(claimScript(), `owner=${owner.pid}`).stdout.trim();
    const sweep = (underway = '') => run(sweepScript(), `all='${underway}'`);
    const left = () => readdirSync(folder);
    const ended = (child: ChildProcess) => new Promise((done) => child.on('close', done));

    /** Sends only the beginning of a file. */
    async function sending(to: string) {
      const script = rebased(receiveScript({ from: '', sha256: sum('all of it') }, to));
      const child = spawn(program, [...args, '-c', script], { detached: true });
      child.stdin.on('error', () => {});
      child.stdin.write('all');
      for (let i = 0; i < 500 && readdirSync(to).length === 0; i += 1) await sleep(10);
      await sleep(50);
      return child;
    }

    it('are verified, and readable only for their owner', async () => {
      const to = claim();
      const child = await sending(to);
      child.stdin.end(' of it');
      assert.equal(await ended(child).then(() => child.exitCode), 0);
      assert.equal(readFileSync(join(to, sum('all of it')), 'utf8'), 'all of it');
      assert.equal(spawnSync('stat', ['-c', '%a', to], { encoding: 'utf8' }).stdout, '700\n');
    });

    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
      it(`leave nothing when ${signal} ends it`, async () => {
        const child = await sending(claim());
        process.kill(-(child.pid ?? 0), signal);
        await ended(child);
        assert.deepEqual(left(), []);
      });
    }

    it('leave nothing when the connection is lost', async () => {
      const child = await sending(claim());
      child.stdout.destroy();
      child.stderr.destroy();
      child.stdin.end();
      await ended(child);
      assert.deepEqual(left(), []);
    });

    it('are removed when their run has ended, and not before', async () => {
      const to = claim();
      const child = await sending(to);
      process.kill(-(child.pid ?? 0), 'SIGKILL');
      await ended(child);
      sweep();
      assert.equal(existsSync(to), true, 'it was removed while its run was active');
      owner.kill('SIGKILL');
      await ended(owner);
      sweep();
      assert.deepEqual(left(), []);
    });

    it('do not belong to a later process with the same id', () => {
      const to = claim();
      const later = to.replace(/-\d+\./, '-1.');
      mkdirSync(later);
      sweep();
      assert.deepEqual([existsSync(to), existsSync(later)], [true, false]);
    });

    it('are also removed from the paths for an apply, when no apply is running', () => {
      const file = join(folder, `ts-play-${sum('x')}`);
      writeFileSync(file, 'x');
      sweep('4711 4712 run {}');
      assert.equal(existsSync(file), true);
      sweep();
      assert.equal(existsSync(file), false);
    });

    it('are distinguished from files of others', () => {
      const others = [
        'ts-play-build-abcdefgh',
        'ts-play-notes',
        `ts-play-${sum('x')}.txt`,
        'ts-play-12',
        'x',
      ];
      for (const name of others) mkdirSync(join(folder, name));
      sweep();
      assert.deepEqual(left().sort(), [...others].sort());
    });
  });
}
