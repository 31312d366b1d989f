import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inputError } from '../util/errors.ts';
import type { Inventory } from './inventory.ts';

/** Ansible's folders of variables: their entries are named after a group or a host. */
const FOLDERS = ['group_vars', 'host_vars'] as const;
/** The extensions of a variables file. */
const ENDING = /\.(?:ya?ml|json)$/;

/**
 * Refuses `group_vars` and `host_vars` next to an inventory or a playbook: Ansible reads them, ts-play doesn't yet, and
 * hosts would lack variables. Empty files, and files for groups or hosts that the inventory doesn't have, are ignored.
 * @param folder the folder of the inventory or the playbook
 * @throws PlayError of kind `input` that names the files
 */
export async function refuseVarsFolders(inventory: Inventory, folder: string): Promise<void> {
  const found = (await Promise.all(FOLDERS.map((kind) => filesThatApply(kind, inventory, folder)))).flat();
  const [first, ...others] = found;
  if (first === undefined) return;
  const { kind, name, file } = first;
  const whose = `the ${kind === 'group_vars' ? 'group' : 'host'} ${name}`;
  const options = [
    `move them into the inventory, under ${kind === 'group_vars' ? `vars: of ${whose}` : whose}`,
    ...(name === 'all' ? [`or set them for every host, overriding all others: -e @${file}`] : []),
  ];
  throw inputError(`${kind} is not supported yet: ${whose} would lack the variables in ${file}`, {
    where: { file },
    ...(others.length > 0
      ? { why: `these files would be ignored too:\n${others.map((each) => each.file).join('\n')}` }
      : {}),
    next: options.join(', '),
  });
}

interface VarsFile {
  readonly kind: (typeof FOLDERS)[number];
  readonly name: string;
  readonly file: string;
}

async function filesThatApply(
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
  const nonEmpty = await Promise.all(
    named.map(async (each) => ((await isEmptyYaml(each.file)) ? [] : [each])),
  );
  return nonEmpty.flat();
}

/** All files, each with its top-level entry in the folder; hidden files and backups are skipped, as in Ansible. */
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

async function isEmptyYaml(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text?.split('\n').every((line) => /^\s*(?:#.*|---|\.\.\.|\{\})?\s*$/.test(line)) ?? false;
}
