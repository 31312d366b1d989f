import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localFile, sha256Of, validateSha256 } from '../../../lib/tasks/support/checksum.ts';
import { fingerprint } from '../../../lib/tasks/support/fingerprint.ts';
import { secret } from '../../../lib/util/secret.ts';

describe('checksum', () => {
  it('hashes a file of several chunks, and again when it has changed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ts-play-checksum-'));
    try {
      const path = join(folder, 'f');
      writeFileSync(path, 'x'.repeat(3_000_000));
      assert.deepEqual(localFile(path), { path, size: 3_000_000, sha256: sha256Of('x'.repeat(3_000_000)) });
      writeFileSync(path, 'other');
      assert.equal(localFile(path).sha256, sha256Of('other'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('says what it cannot read', () => {
    assert.throws(() => localFile('/nowhere/at-all'), /can't read \/nowhere\/at-all on this machine: ENOENT/);
    assert.throws(() => localFile('/'), /can't read \/ on this machine/);
    assert.throws(() => validateSha256('abc'), /64 hexadecimal digits/);
  });

  it('fingerprints a secret like its text, without being its sum', () => {
    assert.equal(fingerprint(secret('a')), fingerprint('a'));
    assert.notEqual(fingerprint('a', 'b'), fingerprint('ab', ''));
    assert.ok(!sha256Of('a').startsWith(fingerprint('a')));
  });
});
