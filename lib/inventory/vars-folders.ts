import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inputError } from '../util/errors.ts';
import type { Inventory } from './inventory.ts';

/** Ansible's folders of variables, and what their files and folders are named after. */
const FOLDERS = ['group_vars', 'host_vars'] as const;
/** What a file of variables may end in. */
const ENDING = /\.(?:ya?ml|json)$/;

/**
 * Refuses what Ansible would read beside an inventory or a playbook and we don't read yet: hosts would lack variables.
 * Files for groups and hosts that the inventory doesn't have apply to nobody, and empty ones say nothing.
 * @param folder where the inventory or the playbook is
 * @throws PlayError of kind `input` that names the files
 */
export async function refuseVarsFolders(inventory: Inventory, folder: string): Promise<void> {
  const found = (await Promise.all(FOLDERS.map((kind) => applying(kind, inventory, folder)))).flat();
  const [first, ...others] = found;
  if (first === undefined) return;
  const { kind, name, file } = first;
  const whose = `the ${kind === 'group_vars' ? 'group' : 'host'} ${name}`;
  const options = [
    `move them into the inventory, under ${kind === 'group_vars' ? `vars: of ${whose}` : whose}`,
    ...(name === 'all' ? [`or give every host them, over all others: -e @${file}`] : []),
  ];
  throw inputError(`${kind} is not supported yet: ${whose} would lack the variables in ${file}`, {
    where: { file },
    ...(others.length > 0 ? { why: `so would others:\n${others.map((each) => each.file).join('\n')}` } : {}),
    next: options.join(', '),
  });
}

interface VarsFile {
  readonly kind: (typeof FOLDERS)[number];
  readonly name: string;
  readonly file: string;
}

async function applying(
  kind: (typeof FOLDERS)[number],
  { groups, hosts }: Inventory,
  folder: string,
): Promise<readonly VarsFile[]> {
  const known: { has(name: string): boolean } = kind === 'group_vars' ? groups : hosts;
  const files = await filesIn(join(folder, kind));
  const named = files.flatMap(({ entry, file }) => {
    const name = [entry, entry.replace(ENDING, '')].find((each) => known.has(each));
    return name === undefined ? [] : [{ kind, name, file }];
  });
  const full = await Promise.all(named.map(async (each) => ((await saysNothing(each.file)) ? [] : [each])));
  return full.flat();
}

/** All files, each with the entry of the folder it belongs to; hidden ones and backups are none of Ansible's. */
async function filesIn(folder: string, entry?: string): Promise<{ entry: string; file: string }[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => !name.startsWith('.') && !name.endsWith('~'))
      .sort()
      .map(async (name) => {
        const file = join(folder, name);
        const isFolder = await stat(file).then(
          (stats) => stats.isDirectory(),
          () => false,
        );
        return isFolder ? filesIn(file, entry ?? name) : [{ entry: entry ?? name, file }];
      }),
  );
  return found.flat();
}

async function saysNothing(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text?.split('\n').every((line) => /^\s*(?:#.*|---|\.\.\.|\{\})?\s*$/.test(line)) ?? false;
}
