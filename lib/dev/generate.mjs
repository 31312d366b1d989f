// `npm run generate` writes the files and tables that follow from others; with `--check` it only says which are stale.
// With `--sources` it leaves out the tables of READMEs, for which everything has to be compiled.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareClone } from '../launch/setup.mjs';
import { roleIndex, roleTable, shippedFolders, variableTables } from './role-index.mjs';
import { taskIndex, taskTable } from './task-index.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const checkOnly = process.argv.includes('--check');
const stale = [];

put('lib/tasks/index.ts', tidy('lib/tasks/index.ts', taskIndex(root)));
put('roles/index.ts', tidy('roles/index.ts', roleIndex(root)));
putTable('docs/tasks.md', 'tasks', taskTable(root));
// Schemas and descriptions are read from compiled code.
if (!process.argv.includes('--sources') && (stale.length === 0 || !checkOnly)) {
  await prepareClone({ specs: true });
  for (const { path } of shippedFolders(root)) {
    for (const { mark, table } of await variableTables(root, path))
      putTable(`${path}/README.md`, mark, table);
  }
  putTable('README.md', 'roles', await roleTable(root, 'roles'));
  if (existsSync(join(root, 'roles/operations')))
    putTable('README.md', 'operations', await roleTable(root, 'roles/operations'));
}

if (checkOnly && stale.length > 0) {
  console.error(`stale: ${stale.join(', ')}\nrun: npm run generate`);
  process.exit(1);
}
console.log(stale.length === 0 ? 'everything generated is up to date' : `written: ${stale.join(', ')}`);

/** Writes a file when its text differs; with `--check` only notes it. */
function put(path, text) {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  stale.push(path);
  if (!checkOnly) writeFileSync(file, text);
}

/** Replaces the table between `<!-- MARK -->` and `<!-- /FIRST WORD OF MARK -->`. How its cells are padded does not count. */
function putTable(path, mark, table) {
  const text = readFileSync(join(root, path), 'utf8');
  const begin = `<!-- ${mark} -->`;
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(`<!-- /${mark.split(' ')[0]} -->`, from);
  if (!text.includes(begin) || to < 0)
    throw new Error(
      `${path}: no place for a table; add the lines ${begin} and <!-- /${mark.split(' ')[0]} -->`,
    );
  const old = text.slice(from, to).trim();
  if (unpadded(old) === unpadded(table)) return;
  put(path, `${text.slice(0, from)}\n${table}\n${text.slice(to)}`);
}

function unpadded(table) {
  return table.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---');
}

/** The text as `biome check --write` leaves it. */
function tidy(path, text) {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [biome, 'check', '--write', `--stdin-file-path=${path}`],
    {
      cwd: root,
      input: text,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`biome can't format ${path}:\n${stderr}`);
  return stdout;
}
