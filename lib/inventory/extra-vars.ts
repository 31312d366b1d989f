import { resolve } from 'node:path';
import { inputError, type Place } from '../util/errors.ts';
import type { Inventory, InventoryHost, Value, Vars } from './inventory.ts';
import { combineMistakes } from './mistakes.ts';
import { readInput } from './read-input.ts';
import { guardVars, isTemplate, overlay } from './templates.ts';
import { splitAssignments, unquote } from './words.ts';
import { readYaml } from './yaml-file.ts';
import type { Entry } from './yaml-values.ts';

/** What the `-e` options of a command line say, later ones over earlier ones. */
export interface ExtraVars {
  readonly vars: Vars;
  /** Names whose value is a string only because it came as `key=value`; a schema may make its own type of it. */
  readonly loose: ReadonlySet<string>;
  /** The options that gave variables, for those that did not come with `-e`. */
  readonly flags?: ReadonlyMap<string, string>;
}

/** Which option of the command line gave a variable. */
export function extraVarPlace({ flags }: ExtraVars, name: string): Place {
  return { file: flags?.get(name) ?? '-e' };
}

/** No `-e` at all. */
export const noExtraVars: ExtraVars = { vars: {}, loose: new Set() };

/**
 * Reads `-e` options: `key=value` (several, separated by blanks, quoted when needed), `{json}` and `@file` in
 * YAML or JSON.
 * @param cwd where a relative `@file` is looked for.
 * @throws PlayError of kind `input` whose place is the option, values left out since they may be secret.
 */
export async function parseExtraVars(args: readonly string[], cwd: string): Promise<ExtraVars> {
  const vars = new Map<string, Value>();
  const templates = new Map<string, Place>();
  const loose = new Set<string>();
  for (const arg of args) {
    const text = arg.trim();
    const isLoose = !/^[@{[]/.test(text);
    for (const { key: name, value, template } of isLoose ? assignments(text) : await structured(text, cwd)) {
      vars.set(name, value);
      if (template === undefined) templates.delete(name);
      else templates.set(name, template);
      if (isLoose) loose.add(name);
      else loose.delete(name);
    }
  }
  return { vars: guardVars(Object.fromEntries(vars), templates), loose };
}

/** The inventory with variables put over everything that every host has; their place is `-e`. */
export function withExtraVars(inventory: Inventory, vars: Vars): Inventory {
  const given = new Set(Object.keys(vars));
  if (given.size === 0) return inventory;
  const over = (host: InventoryHost): InventoryHost => ({
    ...host,
    vars: overlay(host.vars, vars),
    place: (variable) => (given.has(variable) ? { file: '-e' } : host.place(variable)),
  });
  return { ...inventory, hosts: new Map([...inventory.hosts].map(([name, host]) => [name, over(host)])) };
}

/** A variable as one option gives it. */
type Given = Pick<Entry, 'key' | 'value' | 'template'>;

function assignments(text: string): Given[] {
  const where = optionPlace(text);
  if (/^[./]/.test(text)) {
    throw inputError('a file of variables needs an @ before its name', { where, next: `-e @${text}` });
  }
  const words = splitAssignments(text);
  if (words === undefined) throw inputError('a quote is not closed', { where });
  if (words.length === 0) throw inputError('-e says nothing', { where, next: 'write -e name=value' });
  return words.map((word) => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(unquote(word)) ?? [];
    if (name !== undefined && value !== undefined) {
      return { key: name, value: unquote(value), template: isTemplate(value) ? where : undefined };
    }
    if (isTemplate(text)) {
      throw inputError('-e holds a template, and templates are not supported yet', {
        where,
        next: `write the value itself; where the braces are meant literally: -e '{ name: !unsafe "…" }'`,
      });
    }
    throw inputError('a word has no name=value', {
      where,
      next: 'quote a value with blanks, as in -e \'name="two words"\', or give JSON: -e \'{"name": …}\'',
    });
  });
}

async function structured(text: string, cwd: string): Promise<readonly Given[]> {
  if (!text.startsWith('@')) return readVars(text, '-e "{…}"');
  const file = text.slice(1);
  if (file === '') throw inputError('no file name follows @', { where: optionPlace(text) });
  return readVars(await readInput(resolve(cwd, file), 'variables'), file);
}

function readVars(text: string, file: string): readonly Given[] {
  const yaml = readYaml(text, file);
  if (
    yaml.data === undefined ||
    yaml.data === null ||
    typeof yaml.data !== 'object' ||
    Array.isArray(yaml.data)
  ) {
    throw inputError('variables must be a map of names and values', { where: yaml.place });
  }
  const entries = yaml.entries(yaml.data);
  const mistakes = entries
    .filter((entry) => !entry.isText)
    .map(({ key, place }) =>
      inputError(`the variable name ${key} is not text`, { where: place, next: 'quote it' }),
    );
  if (yaml.mistakes.length + mistakes.length > 0) throw combineMistakes([...yaml.mistakes, ...mistakes]);
  return entries;
}

/** The option as it may be shown: `-e "password=… port=…"`. */
function optionPlace(text: string): Place {
  // Without its quotes a value can't be told from names: then only the first name is sure to be one.
  const words = splitAssignments(text) ?? [text];
  const names = words.flatMap((word) => (word.includes('=') ? [`${word.replace(/=.*$/s, '')}=…`] : []));
  return { file: `-e "${names.length === 0 && words.length === 1 ? text : names.join(' ')}"` };
}
