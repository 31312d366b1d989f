// What follows from the folders in roles: the index of what is shipped, and the tables in READMEs.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { camel } from './task-index.mjs';

/** Folders with an index: `{ name, path }`, the path under the root. */
function folders(root, under) {
  if (!existsSync(join(root, under))) return [];
  return readdirSync(join(root, under))
    .filter((name) => existsSync(join(root, under, name, 'index.ts')))
    .sort()
    .map((name) => ({ name, path: `${under}/${name}` }));
}

/** Every folder that is shipped: roles, then operations. */
export function shippedFolders(root) {
  return [
    ...folders(root, 'roles').filter(({ name }) => name !== 'proof'),
    ...folders(root, 'roles/operations'),
    ...folders(root, 'roles').filter(({ name }) => name === 'proof'),
  ];
}

/** What a playbook imports: `ts-play/roles/NAME`, `ts-play/operations/NAME`, `ts-play/proof`. */
function moduleOf({ name, path }) {
  if (name === 'proof') return 'ts-play/proof';
  return path.startsWith('roles/operations/') ? `ts-play/operations/${name}` : `ts-play/roles/${name}`;
}

/** The source of roles/index.ts. */
export function roleIndex(root) {
  const shipped = shippedFolders(root);
  const imports = shipped.map(
    ({ name, path }) => `import * as ${camel(name)} from './${path.slice('roles/'.length)}/index.ts';`,
  );
  const entries = shipped.map((folder) => `  '${moduleOf(folder)}': ${camel(folder.name)},`);
  return `${imports.join('\n')}

/** What a playbook can import beside the library itself: roles, operations and the proof, by the name that it imports. */
export const shippedModules: Readonly<Record<string, object>> = {
${entries.join('\n')}
};
`;
}

/** The compiled definitions of a folder: roles and operations with their name, description and schema. */
async function definitions(root, path) {
  const module = await import(pathToFileURL(join(root, 'dist', path, 'index.js')).href);
  return Object.values(module)
    .filter((value) => typeof value === 'function' && 'definition' in value)
    .map((value) => ({ ...value.definition, params: value.params }));
}

/** The tables of a folder's README, by mark: `vars` for a role's variables, `vars NAME` for an operation's parameters. */
export async function variableTables(root, path) {
  const { varsTable } = await import(pathToFileURL(join(root, 'dist/spec/support/vars-table.js')).href);
  const found = await definitions(root, path);
  const operations = found.filter(({ params }) => params !== undefined);
  if (operations.length > 0)
    return operations.map(({ name, params }) => ({
      mark: `vars ${name}`,
      table: varsTable(params, 'parameter'),
    }));
  return found.slice(0, 1).map(({ vars }) => ({ mark: 'vars', table: varsTable(vars) }));
}

/** The table of roles (or operations) for README.md: each with its own description. */
export async function roleTable(root, under) {
  const rows = [];
  for (const { name, path } of folders(root, under).filter(({ name }) => name !== 'proof')) {
    const own = (await definitions(root, path)).find((each) => each.name === name);
    if (own) rows.push(`| [${name}](${path}/README.md) | ${own.description.replaceAll('|', '\\|')} |`);
  }
  return ['| name | what it does |', '| --- | --- |', ...rows].join('\n');
}
