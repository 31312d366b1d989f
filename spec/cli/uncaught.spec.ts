import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCalled, reasonOf, uncaught } from '../../lib/cli/uncaught.ts';
import { exitCodeOf } from '../../lib/model/exit-code.ts';
import { PlayError } from '../../lib/util/errors.ts';
import { packageRoot } from '../../lib/util/package.ts';
import { isEngineError, ownPlace, stackLines } from '../../lib/util/stack.ts';

/** An error whose stack says that it came by these places, the nearest first. */
function errorFrom(...places: readonly string[]): Error {
  const error = new TypeError('oops');
  error.stack = ['TypeError: oops', ...places.map((place) => `    at ${place}`)].join('\n');
  return error;
}

const ENGINE = `Pool.close (${packageRoot}/dist/bundle/cli.cjs:10:20)`;
const NODE = 'Timeout._onTimeout (node:internal/timers:581:17)';
const current = { file: '/play/site.ts', loading: false };

describe('the place of an error in the files of the user', () => {
  it('is the nearest one that is neither of Node, nor of a package, nor of ts-play', () => {
    const error = errorFrom(
      NODE,
      'x (/play/node_modules/lib/index.js:1:2)',
      ENGINE,
      'async Promise.all (index 0)',
      'async make (/play/site.ts:7:9)',
      '/play/other.ts:1:2',
    );
    assert.deepEqual(ownPlace(error), { file: '/play/site.ts', line: 7, column: 9 });
    assert.equal(ownPlace(errorFrom(NODE, ENGINE)), undefined);
  });

  it('is read from every kind of line', () => {
    for (const [line, file] of [
      ['/play/site.ts:3:4', '/play/site.ts'],
      ['file:///play/my%20plays/site.mjs:3:4', '/play/my plays/site.mjs'],
      ['new Thing (/play/dist/site.ts:3:4)', '/play/dist/site.ts'],
      ['Object.x [as y] (/play (copy)/site.ts:3:4)', '/play (copy)/site.ts'],
      ['/play (copy)/site.ts:3:4', '/play (copy)/site.ts'],
    ] as const)
      assert.deepEqual(ownPlace(errorFrom(line)), { file, line: 3, column: 4 }, line);
    assert.equal(ownPlace(errorFrom('eval (eval at x (/play/a.ts:1:2), <anonymous>:3:4)')), undefined);
  });

  it('is that of the source: the loader takes types out of a line', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ts-play-place-'));
    const file = join(folder, 'site.ts');
    writeFileSync(file, "const a: number = 1;\nconst b: string = 'x'; throw new Error(b as string);\n");
    // The second line as it is loaded: const b = 'x';throw new Error(b);
    assert.deepEqual(ownPlace(errorFrom(`${file}:2:21`)), { file, line: 2, column: 30 });
    rmSync(folder, { recursive: true });
  });

  it('is none when the stack is no text', () => {
    const error = new Error('x');
    Object.assign(error, { stack: 7 });
    assert.deepEqual([ownPlace(error), stackLines(error), isEngineError(error)], [undefined, '', false]);
  });
});

describe('what nothing caught', () => {
  const of = (thrown: unknown, rest: Partial<Parameters<typeof uncaught>[1]> = {}) =>
    uncaught(thrown, { promise: false, current, contact: true, ...rest });

  it('is a mistake of the playbook when a line of it is in the stack, even behind the engine', () => {
    for (const error of [errorFrom('/play/site.ts:7:9'), errorFrom(ENGINE, '/play/site.ts:7:9')]) {
      const { kind, where, why, what } = of(error);
      assert.deepEqual([kind, where.line, why], ['input', 7, 'oops']);
      assert.match(what, /the playbook threw/);
    }
    assert.match(of(errorFrom('/play/site.ts:7:9'), { promise: true }).what, /a promise of the playbook/);
  });

  it('is a mistake of ts-play when only its own lines are', () => {
    for (const contact of [true, false]) {
      const error = of(errorFrom(NODE, ENGINE), { contact });
      assert.equal(error.what, 'ts-play itself has failed');
      assert.deepEqual([error.where, error.why, exitCodeOf(error)], [{}, 'oops', 250]);
      assert.match(error.next ?? '', /-vvv/);
    }
  });

  it('is nobody’s when nothing tells, once the engine has connections, too', () => {
    const before = of(errorFrom(NODE), { contact: false });
    assert.deepEqual([exitCodeOf(before), before.where.file], [1, '/play/site.ts']);
    const during = of(errorFrom(NODE));
    assert.deepEqual([exitCodeOf(during), during.where], [250, {}]);
    assert.equal(exitCodeOf(of(errorFrom(NODE), { contact: false, current: undefined })), 250);
  });

  it('is the playbook’s when it is no error: the engine throws nothing else', () => {
    for (const [thrown, word] of [
      [null, 'null was thrown'],
      [undefined, 'undefined was thrown'],
      ['some text', '"some text" was thrown'],
      [7, '7 was thrown'],
      [{ secret: 'not shown' }, 'an object was thrown'],
      [() => {}, 'a function was thrown'],
      [Symbol('x'), 'Symbol(x) was thrown'],
      [10n, '10 was thrown'],
    ] as const) {
      const error = of(thrown);
      assert.deepEqual([exitCodeOf(error), error.where.file], [1, '/play/site.ts']);
      assert.ok(error.why?.startsWith(`${word}, which is no Error`), error.why);
    }
    assert.equal(reasonOf({ message: 'of another realm' }), 'of another realm');
    assert.equal(reasonOf(new RangeError()), 'RangeError');
  });

  it('is left as it is when it is an error of ours', () => {
    const error = new PlayError({ kind: 'unreachable', what: 'lost' });
    assert.equal(of(error), error);
  });
});

describe('a call of process.exit', () => {
  it('is told with its code, and with the file when nothing tells the line', () => {
    const at = (code: unknown, loading: boolean) =>
      exitCalled(code, errorFrom(NODE), { ...current, loading });
    assert.equal(at(0, false).what, 'the playbook called process.exit(0)');
    assert.equal(at(undefined, true).what, 'the playbook called process.exit() while it was being loaded');
    assert.deepEqual(at(0, true).where, { file: '/play/site.ts' });
  });
});
