import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bare, packagesOnly, parseProfile, profileIn, readProfile } from '../../lib/lab/profile.ts';

describe('lab profile', () => {
  it('is a file of lists, each of which may be missing', () => {
    const text = 'packages: [nginx]\noffered:\n  - jq\n  - g++\nremoved:\n';
    assert.deepEqual(parseProfile(text, 'p.yml'), { ...bare, packages: ['nginx'], offered: ['jq', 'g++'] });
    assert.deepEqual(parseProfile('# nothing yet\n', 'p.yml'), bare);
    assert.deepEqual(parseProfile('removed: [/var/log/nginx/*]\n', 'p.yml').removed, ['/var/log/nginx/*']);
  });

  it('places what is wrong', () => {
    const cases: readonly (readonly [string, RegExp, number])[] = [
      ['packages: [a-one]\npackage: [b]\n', /unknown key "package"/, 2],
      ['packages: nginx\n', /"packages" must be a list/, 1],
      ['\npackages: [5]\n', /5 in "packages" is not the name of a Debian package/, 2],
      ['offered: ["jq; reboot"]\n', /"jq; reboot" in "offered" is not the name of a Debian package/, 1],
      ['removed: ["/x $(reboot)"]\n', /is not an absolute path/, 1],
      ['removed: [x]\n', /is not an absolute path/, 1],
      ['[]\n', /must be a map of lists/, 1],
    ];
    for (const [text, message, line] of cases) {
      assert.throws(
        () => parseProfile(text, 'p.yml'),
        (error: unknown) => {
          const { kind, what, where } = error as { kind: string; what: string; where: object };
          assert.equal(kind, 'input');
          assert.match(what, message);
          assert.deepEqual(where, { ...where, file: 'p.yml', line });
          return true;
        },
        text,
      );
    }
  });

  it('can be packages alone', () => {
    assert.deepEqual(packagesOnly('nginx, curl'), { ...bare, packages: ['nginx', 'curl'] });
    assert.throws(() => packagesOnly(' , '), { kind: 'input', next: /--bare/ });
    assert.throws(() => packagesOnly('a b'), { what: /"a b" in "packages"/ });
  });

  it('is found beside an inventory of the current folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ts-play-profile-'));
    try {
      assert.equal(await profileIn(folder), undefined);
      mkdirSync(join(folder, 'inventory'));
      writeFileSync(join(folder, 'inventory/lab.profile.yml'), 'packages: [nginx]\n');
      const found = await profileIn(folder);
      assert.deepEqual([found?.file, found?.profile.packages], ['inventory/lab.profile.yml', ['nginx']]);
      await assert.rejects(readProfile(join(folder, 'none.yml')), { kind: 'input', why: /ENOENT/ });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
