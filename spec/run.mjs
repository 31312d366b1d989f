// `npm test`: sets up, lints, checks types, runs all specs, then the main job on real hosts. Its last line counts.
// `npm run life` runs what takes longer: the cluster's whole life on real hosts, a file each by its name. `npm test -- all`
// is both, for machines that have the hour. Specs without hosts run side by side, a file shows its results when it has ended.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareClone } from '../lib/launch/setup.mjs';
import { getSshd } from './get-sshd.mjs';
import './source-maps.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
await prepareClone({ specs: true });

const only = process.argv.slice(2);
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
if (wants('lint'))
  check('lint and format', node, [
    join(root, 'node_modules/@biomejs/biome/bin/biome'),
    'check',
    '--error-on-warnings',
    '.',
  ]);
if (wants('types'))
  check('types', node, [join(root, 'node_modules/typescript/bin/tsc'), '-p', root, '--noEmit']);
if (wants('specs')) {
  getSshd(root);
  await specs(
    'specs',
    specFiles('spec').filter((file) => !/\/(e2e|life)\//.test(file)),
    availableParallelism(),
  );
}
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
