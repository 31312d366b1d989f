import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { exportedTypes, packageRoot, version } from '../util/package.ts';
import type { MisspeltVar } from './misspelt-vars.ts';
import { typeErrors } from './type-errors.ts';

/** What the compiler says: its errors, and the user's own files it has read. */
interface Compiled {
  readonly errors: string;
  readonly files: readonly string[];
}

/**
 * Checks the types of a playbook and the user's own files it imports. What was found good is remembered by
 * content, so an unchanged playbook costs nothing; a playbook in JavaScript has none. Errors are not remembered.
 * @throws PlayError `input` with the place and the reason of each error
 */
export async function typeCheck(
  files: readonly string[],
  cacheDir: string,
  misspelt: readonly MisspeltVar[] = [],
): Promise<void> {
  if (files.length === 0) return;
  const folder = join(cacheDir, 'types');
  const good = join(folder, `${await digestOf(files)}.ok`);
  if (await isGood(good)) return;
  await mkdir(folder, { recursive: true });
  const config = join(folder, `tsconfig-${process.pid}.json`);
  await writeFile(config, JSON.stringify(tsconfig(files)));
  const { errors, files: read } = await compile(config).finally(() => rm(config, { force: true }));
  if (errors === '') return writeFile(good, JSON.stringify(await digestsOf(read)));
  const list = join(folder, 'errors.txt');
  await writeFile(list, `${errors}\n`);
  throw typeErrors(errors, list, misspelt);
}

async function digestOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(version());
  for (const file of [...files].sort()) hash.update(`\0${file}\0`).update(await readFile(file));
  for (const types of ['dist/lib/index.d.ts', 'dist/.built']) {
    const path = join(packageRoot, types);
    if (existsSync(path)) hash.update(String(statSync(path).mtimeMs));
  }
  return hash.digest('hex');
}

/** A file that is imported for its types alone is none that was loaded, and still decides what is an error. */
async function isGood(good: string): Promise<boolean> {
  try {
    const seen = JSON.parse(await readFile(good, 'utf8')) as Readonly<Record<string, string>>;
    const now = await digestsOf(Object.keys(seen));
    return Object.entries(seen).every(([file, digest]) => now[file] === digest);
  } catch {
    // Not checked yet, or a file is gone.
    return false;
  }
}

async function digestsOf(files: readonly string[]): Promise<Record<string, string>> {
  const digests = files.map(async (file) => {
    const content = await readFile(file);
    return [file, createHash('sha256').update(content).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}

/** The compiler's settings are ours, not the user's: what a playbook means must not depend on where it lies. */
function tsconfig(files: readonly string[]): object {
  const require = createRequire(import.meta.url);
  const types = dirname(dirname(require.resolve('@types/node/package.json')));
  return {
    compilerOptions: {
      target: 'es2023',
      lib: ['es2023'],
      module: 'esnext',
      moduleResolution: 'bundler',
      allowImportingTsExtensions: true,
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      resolveJsonModule: true,
      // For the types of helpers in JavaScript; their code is not checked.
      allowJs: true,
      checkJs: false,
      types: ['node'],
      typeRoots: [types],
      paths: Object.fromEntries([...exportedTypes()].map(([name, file]) => [name, [file]])),
    },
    files,
  };
}

function compile(config: string): Promise<Compiled> {
  const require = createRequire(import.meta.url);
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [tsc, '-p', config, '--pretty', 'false', '--listFiles'],
      { maxBuffer: 1 << 26, cwd: '/' },
      (error, stdout, stderr) => {
        const compiled = partsOf(stdout);
        if (error && compiled.errors === '')
          reject(new Error(`the type check could not run: ${stderr || error.message}`));
        else resolve(error ? compiled : { ...compiled, errors: '' });
      },
    );
  });
}

/** The list of files is lines of paths; an error begins with a path, too, but with its place behind it. */
function partsOf(stdout: string): Compiled {
  const lines = stdout.split('\n');
  const isFile = (line: string) => line.startsWith('/') && !line.includes('): error TS');
  const ours = [join(packageRoot, 'dist', '/'), '/node_modules/'];
  return {
    errors: lines
      .filter((line) => !isFile(line))
      .join('\n')
      .trimEnd(),
    files: lines.filter((line) => isFile(line) && !ours.some((folder) => line.includes(folder))),
  };
}
