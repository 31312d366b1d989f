import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cachePath, keep, lookUp } from '../../../../roles/domain/build/cache.ts';

const print = '0123456789ab';

describe("the controller's builds", () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ts-play-cache-'));
    mkdirSync(dirname(cachePath(folder, print)));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function kept(text: string) {
    writeFileSync(cachePath(folder, print), text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    return keep(folder, print, { name: 'tool', version: '1.0', platform: 'p', sha256 });
  }

  it('are found as they were put there', async () => {
    const artifact = await kept('the build');
    assert.deepEqual(await lookUp(folder, print), artifact);
    assert.equal(artifact.path, cachePath(folder, print));
  });

  it('are none before they are labelled', async () => {
    assert.equal(await lookUp(folder, print), undefined);
    writeFileSync(cachePath(folder, print), 'half a bu');
    assert.equal(await lookUp(folder, print), undefined);
  });

  it('are damaged when the archive is another than the label says', async () => {
    await kept('the build');
    writeFileSync(cachePath(folder, print), 'the bui1d');
    assert.equal(await lookUp(folder, print), 'damaged');
  });

  it('are damaged when the label is', async () => {
    await kept('the build');
    writeFileSync(join(folder, 'builds', `${print}.json`), '{"sha2');
    assert.equal(await lookUp(folder, print), 'damaged');
  });
});
