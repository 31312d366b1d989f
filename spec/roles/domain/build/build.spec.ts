import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type BuildWant, build } from '../../../../roles/domain/build/build.ts';
import { install } from '../../../../roles/domain/build/install.ts';
import { artifactPath, type Recipe, STAMP } from '../../../../roles/domain/build/recipe.ts';
import { applyOnce, converge, inEveryShell, look, type Sandbox, whats } from '../../../support/sandbox.ts';
import { toolRecipe } from './recipes.ts';

const print = '0123456789ab';
const folder = `/usr/app/tool/1.0-${print}`;

/** A make that installs a program; it records what it was given and prints as a compiler would. */
const MAKE = `echo "CC tool.c"
for arg; do case $arg in PREFIX=*) prefix=\${arg#*=} ;; DESTDIR=*) dest=\${arg#*=} ;; esac; done
[ -f tool.c ] || { echo 'no source here' >&2; exit 2; }
mkdir -p "$dest@ROOT@/etc/tool" "$dest$prefix/sbin"
echo sample >"$dest@ROOT@/etc/tool/sample"
printf '#!/bin/sh\\n[ "$1" = -v ]\\n' >"$dest$prefix/sbin/tool"
chmod 755 "$dest$prefix/sbin/tool"`;

function prepared(box: Sandbox, changed: Partial<Recipe> = {}): Recipe {
  box.rebase('/var/cache/ts-play', '/usr/app');
  mkdirSync(box.path('var/tmp'), { recursive: true });
  mkdirSync(box.path('source/tool-1.0'), { recursive: true });
  writeFileSync(box.path('source/tool-1.0/tool.c'), 'int main() {}');
  const source = box.path('tool.tar.gz');
  execFileSync('tar', ['-czf', source, '-C', box.path('source'), 'tool-1.0']);
  const sha256 = createHash('sha256').update(readFileSync(source)).digest('hex');
  box.standIn('make', MAKE);
  box.standIn('nproc', 'echo 2');
  box.standIn('strip');
  return toolRecipe({ source: { path: source }, sha256, ...changed });
}

function tasks(recipe: Recipe, how: BuildWant['how'] = 'compile') {
  return build({ recipe, print, how });
}

/** The task that installs what this sandbox's host has built. */
function installed(box: Sandbox, recipe: Recipe) {
  const path = box.path(artifactPath(print));
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  return install({ recipe, print, artifact: { path, sha256 } });
}

const leftovers = (box: Sandbox) => readdirSync(box.path('var/tmp'));

inEveryShell('a build', (box) => {
  it('compiles once and keeps the archive with its sum', async () => {
    const recipe = prepared(box());
    const done = await converge(box(), tasks(recipe));
    assert.match(done.reply?.stdout ?? '', /CC tool\.c/);
    const sum = readFileSync(box().path(`${artifactPath(print)}.sha256`), 'utf8').trim();
    const archive = readFileSync(box().path(artifactPath(print)));
    assert.equal(createHash('sha256').update(archive).digest('hex'), sum);
    const make = box()
      .calls()
      .find(([name]) => name === 'make');
    assert.ok(make?.includes('-j2'));
    assert.deepEqual((await look(box(), tasks(recipe))).changes, []);
  });

  it('holds the folder and nothing else, no sample configuration', async () => {
    await converge(box(), tasks(prepared(box())));
    const names = execFileSync('tar', ['-tzf', box().path(artifactPath(print))], { encoding: 'utf8' });
    assert.deepEqual(names.trim().split('\n').toSorted(), [
      `1.0-${print}/`,
      `1.0-${print}/${STAMP}`,
      `1.0-${print}/sbin/`,
      `1.0-${print}/sbin/tool`,
    ]);
  });

  it('leaves nothing behind, whether it works or fails', async () => {
    const recipe = prepared(box());
    await converge(box(), tasks(recipe));
    assert.deepEqual(leftovers(box()), []);
    box().standIn('make', 'echo broken >&2; exit 2');
    const failed = await applyOnce(box(), build({ recipe, print: 'ffffffffffff', how: 'compile' }));
    assert.equal(failed.reply?.code, 2);
    assert.match(failed.reply?.stderr ?? '', /broken/);
    assert.deepEqual(leftovers(box()), []);
    assert.deepEqual(readdirSync(box().path('var/cache/ts-play/builds')).toSorted(), [
      `${print}.tar.gz`,
      `${print}.tar.gz.sha256`,
    ]);
  });

  it('that was damaged on the host is made again', async () => {
    const recipe = prepared(box());
    await converge(box(), tasks(recipe));
    writeFileSync(box().path(artifactPath(print)), 'damaged');
    assert.deepEqual(whats((await look(box(), tasks(recipe))).changes), ['build']);
    await converge(box(), tasks(recipe));
  });

  it('checks the sum of what it fetches before it unpacks', async () => {
    const recipe = prepared(box(), {
      source: { url: 'https://192.0.2.1/tool.tar.gz' },
      sha256: 'f'.repeat(64),
    });
    box().standIn(
      'curl',
      `for arg; do case $arg in */source.tar) cp @ROOT@/tool.tar.gz "$arg" ;; esac; done`,
    );
    const { reply } = await applyOnce(box(), tasks(recipe));
    assert.equal(reply?.code, 1);
    assert.match(reply?.stderr ?? '', /expected f{64}/);
    assert.equal(
      box()
        .calls()
        .some(([name]) => name === 'make'),
      false,
    );
    const sha256 = createHash('sha256')
      .update(readFileSync(box().path('tool.tar.gz')))
      .digest('hex');
    await converge(box(), tasks({ ...recipe, sha256 }));
  });

  it('goes to its folder as a whole, from another host too, and then packs without compiling', async () => {
    const recipe = prepared(box());
    await converge(box(), tasks(recipe));
    const task = installed(box(), recipe);
    assert.deepEqual((await look(box(), task)).changes, [{ what: 'build', from: 'absent', to: print }]);
    await converge(box(), task);
    assert.equal(readFileSync(box().path(`${folder}/${STAMP}`), 'utf8'), `${print}\n`);
    assert.ok(existsSync(box().path(`${folder}/sbin/tool`)));
    assert.deepEqual(readdirSync(box().path('usr/app/tool')), [`1.0-${print}`]);

    // A folder that lost its program is not whole, whatever its stamp says.
    rmSync(box().path(`${folder}/sbin/tool`));
    await converge(box(), task);
    assert.ok(existsSync(box().path(`${folder}/sbin/tool`)));

    box().calls();
    execFileSync('rm', ['-r', box().path('var/cache/ts-play')]);
    await converge(box(), tasks(recipe, 'pack'));
    assert.ok(existsSync(box().path(artifactPath(print))));
    assert.equal(
      box()
        .calls()
        .some(([name]) => name === 'make'),
      false,
    );
  });

  it('is not put in place when its program does not run there', async () => {
    const recipe = prepared(box());
    box().standIn('make', MAKE.replace('[ "$1" = -v ]', 'echo "libx.so: not found" >&2; exit 127'));
    await converge(box(), tasks(recipe));
    const { reply } = await applyOnce(box(), installed(box(), recipe));
    assert.notEqual(reply?.code, 0);
    assert.match(reply?.stderr ?? '', /libx\.so: not found/);
    assert.deepEqual(readdirSync(box().path('usr/app/tool')), []);
  });

  it('replaces a folder that is not whole', async () => {
    const recipe = prepared(box());
    await converge(box(), tasks(recipe));
    mkdirSync(box().path(`${folder}/sbin`), { recursive: true });
    writeFileSync(box().path(`${folder}/sbin/half`), '');
    await converge(box(), installed(box(), recipe));
    assert.equal(existsSync(box().path(`${folder}/sbin/half`)), false);
  });

  for (const when of ['before', 'after'] as const) {
    it(`survives that the host dies ${when} the rename`, async () => {
      const recipe = prepared(box());
      await converge(box(), tasks(recipe));
      const task = installed(box(), recipe);
      box().crashAt('mv', when);
      await applyOnce(box(), task);
      box().remove('mv');
      await converge(box(), task);
      assert.deepEqual(readdirSync(box().path('usr/app/tool')), [`1.0-${print}`]);
    });
  }

  it('that nobody made says why', async () => {
    const recipe = prepared(box());
    const task = install({ recipe, print, artifact: 'web1 was to build it and failed' });
    const { changes, apply } = await look(box(), task);
    assert.deepEqual(whats(changes), ['build']);
    assert.throws(
      apply,
      (error: Error & { why?: string }) => error.why === 'web1 was to build it and failed',
    );
  });
});
