import { inputError } from '../errors.ts';
import { Draft } from './draft.ts';
import type { Inventory } from './inventory.ts';
import { combineMistakes } from './mistakes.ts';
import { readGroups } from './read-groups.ts';
import { readInput } from './read-input.ts';
import { settle } from './settle.ts';
import { structureMistakes } from './structure.ts';
import { readYaml } from './yaml-file.ts';

/**
 * Reads an inventory file in YAML as Ansible's users write it. A host's `place()` of a variable it doesn't have
 * is where the host was first named.
 * @throws PlayError of kind `input` with file, line and column; all mistakes of the file in one error.
 */
export async function loadInventory(file: string): Promise<Inventory> {
  return parseInventory(await readInput(file, 'inventory'), file);
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
  const first = text.split('\n').findIndex((line) => /^\s*[^\s#;]/.test(line));
  if (/^\[[^\],"'{]+\]\s*([#;].*)?$/.test(text.split('\n')[first] ?? '')) {
    throw inputError('the inventory is in INI format, and YAML is expected', {
      where: { ...where, line: first + 1 },
      next: `convert it: ansible-inventory -i ${file} --list --yaml --output hosts.yml`,
    });
  }
}
