// Makes a clone ready to run: packages installed, TypeScript compiled. An installed package needs neither.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'dist', '.built');

/** Installs and compiles what is missing or older than its source; costs a few milliseconds when nothing is. */
export async function prepareClone() {
  if (!existsSync(join(root, 'tsconfig.json'))) return;
  const modules = join(root, 'node_modules');
  const installed = join(modules, '.package-lock.json');
  // A linked folder is another checkout's: `npm ci` would empty that one.
  const linked = lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  if (!linked && modified(installed) < modified(join(root, 'package-lock.json'))) {
    step('installing packages', 'npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit']);
  }
  if (modified(stamp) >= newest([join(root, 'lib'), join(root, 'roles'), join(root, 'spec')])) return;
  // A file that was removed or renamed must not live on as JavaScript.
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  step('compiling', process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', root]);
  const { bundle } = await import('./bundle.mjs');
  await bundle(root);
  writeFileSync(stamp, '');
}

function step(what, command, args) {
  process.stderr.write(`ts-play: ${what} …\n`);
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}`);
  process.stderr.write(`ts-play: ${what} failed in ${root}\n`);
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

// `node lib/setup.mjs` is what `npm pack` runs first.
if (process.argv[1] === fileURLToPath(import.meta.url)) await prepareClone();
