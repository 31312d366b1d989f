import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../lib/util/package.ts';

const COPIED = [
  'lib',
  'roles',
  'playbooks',
  'spec',
  'docs',
  'README.md',
  'biome.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  '.gitignore',
];

/** In a copy of this clone, since it writes into it. */
describe('npm run new', function () {
  this.timeout('10m');

  let clone = '';
  before(() => {
    clone = mkdtempSync(join(tmpdir(), 'ts-play-new-'));
    for (const name of COPIED) cpSync(join(packageRoot, name), join(clone, name), { recursive: true });
    symlinkSync(join(packageRoot, 'node_modules'), join(clone, 'node_modules'));
  });
  after(() => rmSync(clone, { recursive: true, force: true }));

  function node(...args: readonly string[]) {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: clone,
      encoding: 'utf8',
      env,
    });
    return { status, text: `${stdout}${stderr}` };
  }

  function ok(...args: readonly string[]): string {
    const { status, text } = node(...args);
    assert.equal(status, 0, `${args.join(' ')}\n${text}`);
    return text;
  }

  it('makes a task type, a role and a playbook whose specs pass', () => {
    ok('lib/dev/new.mjs', 'task', 'sample-line');
    ok('lib/dev/new.mjs', 'playbook', 'sample-book');
    ok('lib/dev/new.mjs', 'role', 'sample-role');
    ok('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', 'lib', 'roles', 'spec');
    ok('lib/dev/generate.mjs', '--check');
    const text = ok(
      'spec/run.mjs',
      'spec/tasks/sample-line.spec.ts',
      'spec/roles/sample-role/role.spec.ts',
      'spec/playbooks/sample-book.spec.ts',
    );
    assert.match(text, /\n\d+ passed, 0 failed/);
  });

  it('refuses a name that is taken, and one that is not in kebab-case', () => {
    const taken = node('lib/dev/new.mjs', 'task', 'file');
    assert.equal(taken.status, 1);
    assert.match(taken.text, /these exist: lib\/tasks\/file\.ts/);
    assert.equal(node('lib/dev/new.mjs', 'role', 'My_Role').status, 1);
    assert.equal(node('lib/dev/new.mjs', 'plugin', 'x').status, 1);
  });
});
