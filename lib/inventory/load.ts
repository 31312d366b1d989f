import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { inputError } from '../util/errors.ts';
import { buildInventory } from './build.ts';
import { Draft } from './draft.ts';
import type { Inventory } from './inventory.ts';
import { combineMistakes } from './mistakes.ts';
import { readGroups } from './read-groups.ts';
import { readInput } from './read-input.ts';
import { structureMistakes } from './structure.ts';
import { refuseVarsFolders } from './vars-folders.ts';
import { readYaml } from './yaml-file.ts';

/**
 * Reads an inventory file in Ansible's YAML format. A host's `place()` of a variable it doesn't have
 * is where the host was first named.
 * @throws PlayError of kind `input` with file, line and column; all mistakes of the file in one error.
 */
export async function loadInventory(file: string): Promise<Inventory> {
  refuseHostList(file);
  const text = await readInput(file, 'inventory');
  await refuseScript(text, file);
  const inventory = parseInventory(text, file);
  await refuseVarsFolders(inventory, dirname(file));
  return inventory;
}

/** Reads an inventory from a string; `file` is its name in errors. */
export function parseInventory(text: string, file: string): Inventory {
  refuseOtherFormats(text, file);
  const yaml = readYaml(text, file);
  if (yaml.data === undefined || yaml.data === null) {
    throw inputError('the inventory is empty', {
      where: { file },
      next: 'name the hosts, as in\nall:\n  hosts:\n    web1:',
    });
  }
  const shape = structureMistakes(yaml);
  const draft = new Draft();
  const mistakes = [...yaml.mistakes, ...shape, ...readGroups(yaml, draft)];
  if (mistakes.length > 0) throw combineMistakes(mistakes);
  return buildInventory(draft, [file]);
}

/** `web1` or `web1 ansible_host=192.0.2.1`; a YAML key would have a colon. */
function isIniHost(line: string): boolean {
  return /^\w[\w.-]*(?:\s+\w+=|\s*$)/.test(line) && !/:(?:\s|$)/.test(line);
}

/** Ansible reads `-i host1,host2,` as a list of hosts. */
function refuseHostList(given: string): void {
  if (!given.includes(',') || existsSync(given)) return;
  const hosts = given.split(',').flatMap((host) => host.trim() || []);
  throw inputError('a list of hosts instead of an inventory file is not supported yet', {
    where: { file: `-i ${given}` },
    next: `write it to a file:\nall:\n  hosts:\n${hosts.map((host) => `    ${host}:`).join('\n')}`,
  });
}

/** An inventory script is executable. Its `#!` line alone doesn't prove it: that is also a YAML comment. */
async function refuseScript(text: string, file: string): Promise<void> {
  if (!text.startsWith('#!') || ((await stat(file)).mode & 0o111) === 0) return;
  throw inputError('the inventory is an executable script, and inventory scripts are not supported', {
    where: { file },
    next: `write its output to a file: ansible-inventory -i ${file} --list --yaml --output hosts.yml`,
  });
}

/** Gives files from Ansible that are not YAML an error of their own. */
function refuseOtherFormats(text: string, file: string): void {
  const where = { file, line: 1, column: 1 };
  if (text.startsWith('$ANSIBLE_VAULT;')) {
    throw inputError('the file is encrypted with Ansible Vault', {
      where,
      why: 'vault is not supported yet',
      next: 'decrypt it with ansible-vault decrypt, to a file that only you can read',
    });
  }
  const lines = text.split('\n');
  const first = lines.findIndex((line) => /^\s*[^\s#;]/.test(line));
  const section = lines.findIndex((line) => /^\[[^\],"'{]+\]\s*([#;].*)?$/.test(line));
  if (section >= 0 || isIniHost(lines[first] ?? '')) {
    throw inputError('the inventory is in INI format, but must be YAML', {
      where: { ...where, line: (section >= 0 ? section : first) + 1 },
      next: `convert it: ansible-inventory -i ${file} --list --yaml --output hosts.yml`,
    });
  }
}
