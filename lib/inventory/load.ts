import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { inputError } from '../util/errors.ts';
import { Draft } from './draft.ts';
import type { Inventory } from './inventory.ts';
import { combineMistakes } from './mistakes.ts';
import { readGroups } from './read-groups.ts';
import { readInput } from './read-input.ts';
import { settle } from './settle.ts';
import { structureMistakes } from './structure.ts';
import { refuseVarsFolders } from './vars-folders.ts';
import { readYaml } from './yaml-file.ts';

/**
 * Reads an inventory file in YAML as Ansible's users write it. A host's `place()` of a variable it doesn't have
 * is where the host was first named.
 * @throws PlayError of kind `input` with file, line and column; all mistakes of the file in one error.
 */
export async function loadInventory(file: string): Promise<Inventory> {
  refuseList(file);
  const text = await readInput(file, 'inventory');
  await refuseProgram(text, file);
  const inventory = parseInventory(text, file);
  await refuseVarsFolders(inventory, dirname(file));
  return inventory;
}

/** The inventory in a text; `file` is its name in errors. */
export function parseInventory(text: string, file: string): Inventory {
  refuseForeign(text, file);
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
  return settle(draft, [file]);
}

/** `web1` or `web1 ansible_host=192.0.2.1`; a key of YAML has a colon. */
function isIniHost(line: string): boolean {
  return /^\w[\w.-]*(?:\s+\w+=|\s*$)/.test(line) && !/:(?:\s|$)/.test(line);
}

/** `-i host1,host2,` is a list of hosts to Ansible. */
function refuseList(given: string): void {
  if (!given.includes(',') || existsSync(given)) return;
  const hosts = given.split(',').flatMap((host) => host.trim() || []);
  throw inputError('a list of hosts in place of an inventory is not supported yet', {
    where: { file: `-i ${given}` },
    next: `write it into a file:\nall:\n  hosts:\n${hosts.map((host) => `    ${host}:`).join('\n')}`,
  });
}

/** A program that prints an inventory is known by its permissions: a comment may begin like its first line. */
async function refuseProgram(text: string, file: string): Promise<void> {
  if (!text.startsWith('#!') || ((await stat(file)).mode & 0o111) === 0) return;
  throw inputError('the inventory is a program, and programs are not run', {
    where: { file },
    next: `write what it prints to a file: ansible-inventory -i ${file} --list --yaml --output hosts.yml`,
  });
}

/** Files people have from Ansible that aren't YAML get a word of their own. */
function refuseForeign(text: string, file: string): void {
  const where = { file, line: 1, column: 1 };
  if (text.startsWith('$ANSIBLE_VAULT;')) {
    throw inputError('the file is encrypted with Ansible Vault', {
      where,
      why: 'vault is not supported yet',
      next: 'ansible-vault decrypt it to a file that only you can read',
    });
  }
  const lines = text.split('\n');
  const first = lines.findIndex((line) => /^\s*[^\s#;]/.test(line));
  const section = lines.findIndex((line) => /^\[[^\],"'{]+\]\s*([#;].*)?$/.test(line));
  if (section >= 0 || isIniHost(lines[first] ?? '')) {
    throw inputError('the inventory is in INI format, and YAML is expected', {
      where: { ...where, line: (section >= 0 ? section : first) + 1 },
      next: `convert it: ansible-inventory -i ${file} --list --yaml --output hosts.yml`,
    });
  }
}
