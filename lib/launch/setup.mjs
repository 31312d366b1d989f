// Makes a clone ready to run: packages installed, TypeScript compiled. An installed package needs neither.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const stamp = join(root, 'dist', '.built');

/** Installs and compiles what is missing or older than its source; costs a few milliseconds when nothing is. */
export async function prepareClone({ specs = false } = {}) {
  // A person's run need not look at hundreds of specs.
  const sources = ['lib', 'roles', ...(specs ? ['spec'] : [])].map((name) => join(root, name));
  if (!existsSync(join(root, 'tsconfig.json')) || (isInstalled() && isCompiled(sources))) return;
  await alone(async () => {
    if (!isInstalled()) {
      step('installing packages', 'npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit']);
    }
    if (isCompiled(sources)) return;
    // A file that was removed or renamed must not live on as JavaScript.
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    step('compiling', process.execPath, [tsc, '-p', root]);
    const { describeTypes } = await import('./describe-types.mjs');
    describeTypes(join(root, 'dist', 'roles'));
    const { bundle } = await import('./bundle.mjs');
    await bundle(root);
    writeFileSync(stamp, '');
  });
}

function isInstalled() {
  const modules = join(root, 'node_modules');
  // A linked folder is another checkout's: `npm ci` would empty that one.
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) return true;
  return modified(join(modules, '.package-lock.json')) >= modified(join(root, 'package-lock.json'));
}

function isCompiled(sources) {
  return modified(stamp) >= newest(sources);
}

/** Lets several first runs of one clone take turns: two would take the files from under each other. */
async function alone(work) {
  const lock = join(root, '.setup-lock');
  const until = Date.now() + 600_000;
  while (!taken(lock)) {
    if (Date.now() > until)
      throw new Error(`another run has been setting this clone up for ten minutes: ${lock}`);
    await sleep(200);
  }
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function taken(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const owner = Number(existsSync(lock) && readFileSync(lock, 'utf8'));
    // The one that died in the middle took its turn with it.
    if (owner > 0 && !isAlive(owner)) rmSync(lock, { force: true });
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function step(what, command, args) {
  process.stderr.write(`ts-play: ${what} …\n`);
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}`);
  process.stderr.write(`ts-play: ${what} failed in ${root}\n`);
  rmSync(join(root, '.setup-lock'), { force: true });
  process.exit(1);
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newest(folders) {
  let latest = Math.max(modified(join(root, 'tsconfig.json')), modified(join(root, 'package.json')));
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      latest = Math.max(latest, modified(path), entry.isDirectory() ? newest([path]) : 0);
    }
  }
  return latest;
}

// `node lib/launch/setup.mjs` is what `npm pack` runs first.
if (process.argv[1] === fileURLToPath(import.meta.url)) await prepareClone();
