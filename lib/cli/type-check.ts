import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { inputError } from '../errors.ts';
import { packageRoot, version } from './package.ts';

/**
 * Checks the types of a playbook and the user's own files it imports. What was found good is remembered by
 * content, so an unchanged playbook costs nothing; a playbook in JavaScript has none.
 * @throws PlayError `input` with the first mistake's place
 */
export async function typeCheck(files: readonly string[], cacheDir: string): Promise<void> {
  if (files.length === 0) return;
  const hash = createHash('sha256').update(version());
  for (const file of [...files].sort()) hash.update(`\0${file}\0`).update(await readFile(file));
  for (const types of ['dist/lib/index.d.ts', 'dist/.built']) {
    const path = join(packageRoot, types);
    if (existsSync(path)) hash.update(String(statSync(path).mtimeMs));
  }
  const folder = join(cacheDir, 'types');
  const good = join(folder, `${hash.digest('hex')}.ok`);
  if (existsSync(good)) return;
  await mkdir(folder, { recursive: true });
  const config = join(folder, `tsconfig-${process.pid}.json`);
  await writeFile(config, JSON.stringify(tsconfig(files)));
  const output = await compile(config).finally(() => rm(config, { force: true }));
  if (output === '') return writeFile(good, '');
  throw mistake(output);
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
      types: ['node'],
      typeRoots: [types],
      paths: {
        'ts-play': [join(packageRoot, 'dist/lib/index.d.ts')],
        'ts-play/roles/*': [join(packageRoot, 'dist/roles/*/index.d.ts')],
      },
    },
    files,
  };
}

function compile(config: string): Promise<string> {
  const require = createRequire(import.meta.url);
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [tsc, '-p', config, '--pretty', 'false'],
      { maxBuffer: 1 << 24, cwd: '/' },
      (error, stdout, stderr) => {
        if (error && stdout === '')
          reject(new Error(`the type check could not run: ${stderr || error.message}`));
        else resolve(stdout.trim());
      },
    );
  });
}

function mistake(output: string) {
  const lines = output.split('\n');
  const first = lines.findIndex((line) => /\(\d+,\d+\): error/.test(line));
  const match = /^(.+)\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(lines[first] ?? '');
  if (!match) return inputError('the playbook has type errors', { why: output });
  const [, file = '', line, column, code, text] = match;
  const details = lines.slice(first + 1).filter((rest) => rest.startsWith(' '));
  const others = lines.filter((rest) => /\(\d+,\d+\): error/.test(rest)).length - 1;
  const path = file.startsWith('/') ? file : `/${file}`;
  return inputError(`type error in the playbook: ${text}`, {
    where: {
      file: relative(process.cwd(), path).startsWith('..') ? path : relative(process.cwd(), path),
      line: Number(line),
      column: Number(column),
    },
    why: [...details.slice(0, 4), `${code}${others > 0 ? `, and ${others} more type errors` : ''}`].join(
      '\n',
    ),
  });
}
