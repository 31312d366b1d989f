import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceOf, validateSource } from '../../../../roles/domain/build/source.ts';

const names = { source: 'x_source', sha256: 'x_sha256' };

describe('a source', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ts-play-source-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('is a path on this machine or an address', () => {
    assert.deepEqual(sourceOf('/srv/x.tar.gz'), { path: '/srv/x.tar.gz' });
    assert.deepEqual(sourceOf('https://192.0.2.1/x.tar.gz'), { url: 'https://192.0.2.1/x.tar.gz' });
  });

  it('with another sha256 is refused with both sums', () => {
    const path = join(folder, 'x.tar');
    writeFileSync(path, 'one');
    const right = createHash('sha256').update('one').digest('hex');
    validateSource(path, right, names);
    const wrong = 'f'.repeat(64);
    assert.throws(
      () => validateSource(path, wrong, names),
      (error: Error) => error.message.includes(right) && error.message.includes(wrong),
    );
  });

  it('that changed since is hashed again', () => {
    const path = join(folder, 'y.tar');
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    writeFileSync(path, 'one');
    validateSource(path, hash('one'), names);
    writeFileSync(path, 'longer');
    assert.throws(() => validateSource(path, hash('one'), names), /its sha256 is/);
  });

  it('that is not there is refused by the name of its variable', () => {
    assert.throws(
      () => validateSource(join(folder, 'none'), 'a'.repeat(64), names),
      /x_source names a file that can't be read/,
    );
  });

  it('that is not there does not matter where only the design is judged', () => {
    const judged = { designOnly: true };
    validateSource(join(folder, 'none'), 'a'.repeat(64), names, judged);
    assert.throws(() => validateSource('ftp://192.0.2.1/x', 'a'.repeat(64), names, judged), /neither a path/);
    assert.throws(() => validateSource(undefined, 'a'.repeat(64), names, judged), /x_source is missing/);
  });

  it('with an address that is none, or that holds a login, is refused', () => {
    assert.throws(() => validateSource('ftp://192.0.2.1/x', 'a'.repeat(64), names), /neither a path nor/);
    assert.throws(
      () => validateSource('https://me:pw@192.0.2.1/x', 'a'.repeat(64), names),
      /can't hold a login/,
    );
    validateSource('https://192.0.2.1/x', 'a'.repeat(64), names);
  });
});
