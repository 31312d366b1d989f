import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPlaybook } from '../../lib/cli/find-playbook.ts';
import { PlayError } from '../../lib/util/errors.ts';

describe('findPlaybook', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ts-play-find-'));
    for (const name of ['site.ts', 'old.yml', 'play.yaml', 'play.ts', 'data.json', 'notes'])
      writeFileSync(join(folder, name), '');
    for (const name of ['none', 'some', 'folder.ts']) mkdirSync(join(folder, name));
    for (const name of ['a.ts', 'b.mjs', 'README.md']) writeFileSync(join(folder, 'some', name), '');
    symlinkSync('/dev/null', join(folder, 'null.ts'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** What it says of a name in the folder, which stands for `~`. */
  function refused(name: string): readonly (string | undefined)[] {
    try {
      findPlaybook(name === '' ? '' : join(folder, name));
    } catch (error) {
      assert.ok(error instanceof PlayError);
      assert.equal(error.kind, 'input');
      return [error.what, error.next].map((text) => text?.replaceAll(folder, '~'));
    }
    throw new Error(`${name} was found`);
  }

  it('gives the path of a file of code', () => {
    for (const name of ['site.ts', 'some/b.mjs'])
      assert.equal(findPlaybook(join(folder, name)), join(folder, name));
  });

  it('suggests the nearest name for one that is not there', () => {
    assert.deepEqual(refused('siet.ts'), ['no such playbook: ~/siet.ts', 'did you mean ~/site.ts?']);
    assert.deepEqual(refused('site'), ['no such playbook: ~/site', 'did you mean ~/site.ts?']);
    assert.deepEqual(refused('unlike.ts'), ['no such playbook: ~/unlike.ts', 'give the path of a .ts file']);
    assert.deepEqual(refused('site.ts/x.ts'), [
      'no such playbook: ~/site.ts/x.ts',
      'give the path of a .ts file',
    ]);
    assert.deepEqual(refused(''), ['the path of the playbook is empty', 'give the path of a .ts file']);
  });

  it('names the playbooks of a folder', () => {
    assert.deepEqual(refused('some'), [
      'the playbook is a folder: ~/some',
      'give one of its files: ts-play ~/some/a.ts -i inventory.yml\nothers are ~/some/b.mjs',
    ]);
    for (const name of ['none', 'folder.ts'])
      assert.deepEqual(refused(name), [`the playbook is a folder: ~/${name}`, 'give the path of a .ts file']);
  });

  it('says of YAML that it is none, and where to read on', () => {
    const [what, next = ''] = refused('old.yml');
    assert.equal(what, 'the playbook is a YAML file: ~/old.yml');
    assert.match(
      next,
      /^to write it in TypeScript, see .*\/docs\/ansible\.md\nif it is the inventory: ts-play site\.ts -i ~\/old\.yml$/,
    );
    assert.match(refused('play.yaml')[1] ?? '', /^did you mean ~\/play\.ts\?\n/);
  });

  it('takes nothing else', () => {
    for (const name of ['data.json', 'notes'])
      assert.deepEqual(refused(name), [
        `the playbook is not a TypeScript file: ~/${name}`,
        'give the path of a .ts file',
      ]);
    assert.deepEqual(refused('null.ts'), [
      'the playbook is not a regular file: ~/null.ts',
      'give the path of a .ts file',
    ]);
  });
});
