// `npm test`: sets up, lints, checks types, runs all specs, then the main job on real hosts. Its last line counts.
// `npm run life` runs what takes longer: the cluster's whole life on real hosts, a file each by its name. `npm test -- all`
// is both, for machines that have the hour. Specs without hosts run side by side, a file shows its results when it has ended.
// `npm run spec -- spec/tasks/file.spec.ts` runs the files that are named. CONTRIBUTING.md lists the parts.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareClone } from '../lib/launch/setup.mjs';
import { getSshd } from './get-sshd.mjs';
import { NODE_LINES, nodeLine } from './node-line.mjs';
import './source-maps.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
await prepareClone({ specs: true });

const named = process.argv.slice(2).filter((word) => word.endsWith('.spec.ts'));
const words = process.argv.slice(2).filter((word) => !word.endsWith('.spec.ts'));
// `npm run spec -- FILE` puts the part in front of the file.
const only = named.length > 0 ? ['named'] : words;
const totals = { passed: 0, failed: 0, skipped: 0 };

/** A check that is a command of its own: it passes or fails as one. */
function check(name, command, args) {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  totals[status === 0 ? 'passed' : 'failed'] += 1;
}

async function specs(name, files, jobs) {
  console.log(`\n== ${name}`);
  const { default: Mocha } = await import('mocha');
  const parallel = jobs > 1 && files.length > 1;
  const mocha = new Mocha({
    timeout: 60_000,
    reporter: 'spec',
    forbidOnly: true,
    parallel,
    jobs,
    require: [join(root, 'spec/source-maps.mjs')],
  });
  for (const file of files) mocha.addFile(file);
  if (!parallel) await mocha.loadFilesAsync();
  const { stats } = await new Promise((resolve) => {
    const runner = mocha.run(() => resolve(runner));
  });
  totals.passed += stats.passes;
  totals.failed += stats.failures;
  totals.skipped += stats.pending;
}

function specFiles(folder) {
  return readdirSync(join(root, 'dist', folder), { recursive: true })
    .filter((file) => file.endsWith('.spec.js'))
    .map((file) => join(root, 'dist', folder, file))
    .sort();
}

/** The tarball as it would be published: what is in it, and that its types resolve for ESM, CommonJS and bundlers. */
function checkPackage() {
  const folder = mkdtempSync(join(tmpdir(), 'ts-play-pack-'));
  check('the package is packed', 'npm', [
    'pack',
    '--silent',
    '--ignore-scripts',
    '--pack-destination',
    folder,
  ]);
  const [tarball = 'none.tgz'] = readdirSync(folder);
  const path = join(folder, tarball);
  tool('what is packed', 'publint/src/cli.js', path, '--strict');
  tool(
    'types resolve',
    '@arethetypeswrong/cli/dist/index.js',
    path,
    '--config-path',
    join(root, '.attw.json'),
  );
  rmSync(folder, { recursive: true, force: true });
}

/** Without those that start the whole program again and again, or compile. */
function isQuick(file) {
  return !/\/spec\/(cli\/main|launch|dev|docs|lab|roles\/domain\/build)\b/.test(file);
}

/** Why real hosts can't be had here; undefined when they can. */
function noHosts() {
  if (process.platform !== 'linux') return 'they need Linux';
  if (process.getuid?.() !== 0) return 'they need root';
  if (!existsSync('/usr/bin/apt-get')) return 'they need Debian';
  return undefined;
}

const all = only.includes('all');
const life = specFiles('spec/life').filter(
  (file) => all || only.includes('life') || only.some((name) => file.endsWith(`/${name}.spec.js`)),
);
const wants = (part) => all || only.length === 0 || only.includes(part);
const node = process.execPath;
/** A check by a program of an installed package. */
const tool = (name, path, ...args) => check(name, node, [join(root, 'node_modules', path), ...args]);
const unitSpecs = specFiles('spec').filter((file) => !/\/(e2e|life)\//.test(file));
const coverage = join(root, 'coverage');

if (only.includes('named')) {
  const files = named.map((file) => join(root, 'dist', relative(root, file).replace(/\.ts$/, '.js')));
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0) {
    console.error(`there is no spec ${missing.join(', ')}`);
    process.exit(1);
  }
  getSshd(root);
  await specs('specs', files, 1);
}
if (wants('lint')) {
  tool(
    'lint, format, layers, floating promises',
    '@biomejs/biome/bin/biome',
    'check',
    '--error-on-warnings',
    '.',
  );
  tool('unused files, exports and packages', 'knip/bin/knip.js', '--no-progress', '--no-config-hints');
  check('generated files', node, [join(root, 'lib/dev/generate.mjs'), '--check']);
}
if (wants('types')) tool('types', 'typescript/bin/tsc', '-p', root, '--noEmit');
if (wants('package')) checkPackage();
if (wants('api')) check('API reference', 'npm', ['run', '--silent', 'api']);
if (only.includes('coverage')) {
  rmSync(coverage, { recursive: true, force: true });
  // The processes that run specs write it.
  process.env.NODE_V8_COVERAGE = join(coverage, 'raw');
}
if (wants('specs') || only.includes('coverage')) {
  getSshd(root);
  await specs('specs', unitSpecs, availableParallelism());
}
if (process.env.NODE_V8_COVERAGE === join(coverage, 'raw')) {
  delete process.env.NODE_V8_COVERAGE;
  tool('coverage', 'c8/bin/c8.js', 'report', '--check-coverage');
}
// What another version of Node.js may do differently; the specs that take minutes run on this one alone.
if (only.includes('quick'))
  await specs(`quick specs on Node.js ${process.version}`, unitSpecs.filter(isQuick), availableParallelism());
const lines = only.filter((word) => /^\d+$/.test(word));
for (const line of only.includes('node') ? (lines.length > 0 ? lines : NODE_LINES) : [])
  check(`quick specs on Node.js ${line}`, nodeLine(root, line), [join(root, 'spec/run.mjs'), 'quick']);
if (wants('e2e') || life.length > 0) {
  const reason = noHosts();
  if (reason === undefined) {
    // One after the other: two labs compete for the cores, and end hardly earlier.
    await specs('on real hosts', [...(wants('e2e') ? specFiles('spec/e2e') : []), ...life], 1);
  } else {
    console.log(`\n== on real hosts\nSKIPPED: the tests on real hosts were not run: ${reason}`);
    totals[process.env.CI ? 'failed' : 'skipped'] += 1;
  }
}

const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`);
// Nothing may be left that keeps the process alive; if something is, it must not hide the result.
process.exit(totals.failed === 0 ? 0 : 1);
