import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../../lib/lab/lock.ts';

describe('lab lock', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ts-play-lock-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('allows one holder at a time', async () => {
    const file = join(folder, 'some', 'lock');
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(30);
      inside -= 1;
      return most;
    };
    await Promise.all([1, 2, 3].map(() => withLock(file, 10, work)));
    assert.equal(most, 1);
  });

  it('is free again after work that failed', async () => {
    const file = join(folder, 'lock');
    await assert.rejects(
      withLock(file, 1, () => Promise.reject(new Error('no'))),
      { message: 'no' },
    );
    assert.equal(await withLock(file, 1, async () => 'yes'), 'yes');
  });

  it('is waited for only as long as requested', async () => {
    const file = join(folder, 'lock');
    await withLock(file, 1, async () => {
      await assert.rejects(
        withLock(file, 0, async () => 'never'),
        { name: 'PlayError', message: /another ts-play lab command/ },
      );
    });
  });
});
