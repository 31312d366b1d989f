import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A program as the bundle is: `run` counts as a run, anything else doesn't. `WORD` tells two of equal length apart. */
const program = (word: string) => `
let ran = false;
const words = { first: '${word}' };
function say(what) { const told = [words.first, what, __filename, typeof require('node:fs').statSync]; return told.join(' '); }
exports.hasRun = () => ran;
exports.main = async (args) => {
  ran = args[0] === 'run';
  console.log(say(args.join('+')));
  return args[0] === 'fail' ? 3 : 0;
};
// ${'padding that gives V8 something to keep '.repeat(50)}
`;

/** Long ago, so that a file written again shows. */
const LONG_AGO = new Date('2001-01-01T00:00:00Z');

/** The user `nobody` of most systems. */
const NOBODY = 65534;

describe('start', () => {
  let root = '';
  /** Who starts it: whoever runs the specs when not set. */
  let user: number | undefined;
  const bundle = (...parts: readonly string[]) => join(root, 'dist/bundle', ...parts);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ts-play-start-'));
    mkdirSync(join(root, 'lib/launch'), { recursive: true });
    mkdirSync(bundle(), { recursive: true });
    copyFileSync(join(process.cwd(), 'lib/launch/start.mjs'), join(root, 'lib/launch/start.mjs'));
    writeFileSync(bundle('cli.cjs'), program('one'));
  });
  afterEach(() => {
    user = undefined;
    for (const folder of [root, bundle()]) chmodSync(folder, 0o755);
    rmSync(root, { recursive: true });
  });

  /** Starts the program in a process of its own, which is the only one that has not compiled it before. */
  function start(...args: readonly string[]) {
    const url = JSON.stringify(pathToFileURL(join(root, 'lib/launch/start.mjs')).href);
    const code = `const { start } = await import(${url}); process.exitCode = await start(process.argv.slice(1));`;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', code, '--', ...args],
      {
        encoding: 'utf8',
        // Where everybody may be: whom nothing belongs may not even be in the folder of this one.
        cwd: root,
        env: { ...process.env, NODE_OPTIONS: '' },
        ...(user === undefined ? {} : { uid: user, gid: user }),
      },
    );
    return { status, said: stdout.trim().split(' ').slice(0, 2).join(' '), stderr };
  }
  const fine = (said: string) => ({ status: 0, said, stderr: '' });
  /** The compiled code that is kept; `undefined` when there is none. */
  function kept(): string | undefined {
    const others = readdirSync(bundle()).filter((name) => name !== 'cli.cjs');
    assert.ok(others.length <= 1, `left over: ${others.join()}`);
    return others[0] && bundle(others[0]);
  }
  /** Runs the program once and gives the file of its compiled code, dated long ago. */
  function compiled(): string {
    assert.deepEqual(start('run'), fine('one run'));
    const path = kept();
    assert.ok(path);
    utimesSync(path, LONG_AGO, LONG_AGO);
    return path;
  }
  const isOld = (path: string) => statSync(path).mtimeMs === LONG_AGO.getTime();

  it('keeps compiled code after a run, and after nothing less', () => {
    assert.deepEqual(start('help'), fine('one help'));
    assert.equal(kept(), undefined);
    assert.deepEqual(start('fail', 'x'), { status: 3, said: 'one fail+x', stderr: '' });
    assert.equal(kept(), undefined);
    assert.deepEqual(start('run'), fine('one run'));
    assert.equal(kept(), bundle(`cli.cjs.${process.version}-${process.arch}`));
  });

  it('uses it the next time, and leaves it alone', () => {
    const path = compiled();
    const before = readFileSync(path);
    assert.deepEqual(start('run'), fine('one run'));
    assert.deepEqual(start('help'), fine('one help'));
    assert.ok(isOld(path));
    assert.deepEqual(readFileSync(path), before);
  });

  it('runs a program that was changed, even if it is as long as before', () => {
    const path = compiled();
    writeFileSync(bundle('cli.cjs'), program('two'));
    assert.deepEqual(start('help'), fine('two help'));
    assert.ok(isOld(path), 'no run, nothing kept');
    assert.deepEqual(start('run'), fine('two run'));
    assert.ok(!isOld(path), 'the old code is still there');
    assert.deepEqual(start('run'), fine('two run'));
  });

  // V8 looks at the code's head alone, and crashes on what is wrong behind it.
  for (const [what, spoil] of [
    ['cut off', (code: Buffer) => code.subarray(0, code.length / 2)],
    ['empty', () => Buffer.alloc(0)],
    ['overwritten', (code: Buffer) => Buffer.from(code).fill(0x41, 80)],
    [
      'changed in one byte',
      (code: Buffer) => Buffer.from(code).fill(0xff, code.length - 300, code.length - 299),
    ],
    [
      'something else',
      () => Buffer.from('not compiled code at all, but longer than any digest there may be'),
    ],
  ] as const) {
    it(`ignores and replaces compiled code that is ${what}`, () => {
      const path = compiled();
      const good = readFileSync(path);
      const bad = spoil(good);
      assert.notDeepEqual(bad, good);
      writeFileSync(path, bad);
      utimesSync(path, LONG_AGO, LONG_AGO);
      assert.deepEqual(start('help'), fine('one help'));
      assert.deepEqual(start('run'), fine('one run'));
      assert.equal(kept(), path);
      assert.ok(!isOld(path), 'it was not replaced');
      utimesSync(path, LONG_AGO, LONG_AGO);
      assert.deepEqual(start('run'), fine('one run'));
      assert.ok(isOld(path), 'what replaced it is no good either');
    });
  }

  it('does without where it may not write', () => {
    for (const folder of [root, bundle()]) chmodSync(folder, 0o555);
    if (process.getuid?.() === 0) user = NOBODY;
    assert.deepEqual(start('run'), fine('one run'));
    assert.equal(kept(), undefined);
  });

  it('does without where something is in the way, and leaves nothing behind', () => {
    const path = bundle(`cli.cjs.${process.version}-${process.arch}`);
    mkdirSync(join(path, 'full'), { recursive: true });
    assert.deepEqual(start('run'), fine('one run'));
    assert.equal(kept(), path);
  });
});
