import { resolve } from 'node:path';
import { inputError, type Place } from '../util/errors.ts';
import type { Inventory, InventoryHost, Value, Vars } from './inventory.ts';
import { combineMistakes } from './mistakes.ts';
import { readInput } from './read-input.ts';
import { guardVars, isTemplate, overlay } from './templates.ts';
import { splitAssignments, unquote } from './words.ts';
import { readYaml } from './yaml-file.ts';
import type { Entry } from './yaml-values.ts';

/** The variables of all `-e` options of a command line; a later option overrides an earlier one. */
export interface ExtraVars {
  readonly vars: Vars;
  /** Names whose value is a string only because it came as `key=value`; a schema may convert it to its own type. */
  readonly loose: ReadonlySet<string>;
  /** By variable: the option that set it, when that was not `-e`. */
  readonly flags?: ReadonlyMap<string, string>;
}

/** The command-line option that set a variable, as a place for errors. */
export function extraVarPlace({ flags }: ExtraVars, name: string): Place {
  return { file: flags?.get(name) ?? '-e' };
}

/** No `-e` at all. */
export const noExtraVars: ExtraVars = { vars: {}, loose: new Set() };

/**
 * Reads `-e` options: `key=value` (several, separated by spaces, quoted when needed), `{json}` and `@file` in
 * YAML or JSON.
 * @param cwd the directory that a relative `@file` starts from.
 * @throws PlayError of kind `input` whose place is the option, without the values, which may be secret.
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

/** The inventory with variables that override those of every host; their place is `-e`. */
export function withExtraVars(inventory: Inventory, vars: Vars): Inventory {
  const names = new Set(Object.keys(vars));
  if (names.size === 0) return inventory;
  const over = (host: InventoryHost): InventoryHost => ({
    ...host,
    vars: overlay(host.vars, vars),
    place: (variable) => (names.has(variable) ? { file: '-e' } : host.place(variable)),
  });
  return { ...inventory, hosts: new Map([...inventory.hosts].map(([name, host]) => [name, over(host)])) };
}

/** A variable that one option sets. */
type Assignment = Pick<Entry, 'key' | 'value' | 'template'>;

function assignments(text: string): Assignment[] {
  const where = optionPlace(text);
  if (/^[./]/.test(text)) {
    throw inputError('a variables file needs an @ before its name', { where, next: `-e @${text}` });
  }
  const words = splitAssignments(text);
  if (words === undefined) throw inputError('a quote is not closed', { where });
  if (words.length === 0) throw inputError('-e has no value', { where, next: 'write -e name=value' });
  return words.map((word) => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(unquote(word)) ?? [];
    if (name !== undefined && value !== undefined) {
      return { key: name, value: unquote(value), template: isTemplate(value) ? where : undefined };
    }
    if (isTemplate(text)) {
      throw inputError('-e contains a template, but templates are not supported yet', {
        where,
        next: `write the value itself; for literal braces: -e '{ name: !unsafe "…" }'`,
      });
    }
    throw inputError('-e expects name=value', {
      where,
      next: 'quote a value that contains spaces: -e \'name="two words"\', or write JSON: -e \'{"name": …}\'',
    });
  });
}

async function structured(text: string, cwd: string): Promise<readonly Assignment[]> {
  if (!text.startsWith('@')) return readVars(text, '-e "{…}"');
  const file = text.slice(1);
  if (file === '') throw inputError('no file name follows @', { where: optionPlace(text) });
  return readVars(await readInput(resolve(cwd, file), 'variables'), file);
}

function readVars(text: string, file: string): readonly Assignment[] {
  const yaml = readYaml(text, file);
  if (
    yaml.data === undefined ||
    yaml.data === null ||
    typeof yaml.data !== 'object' ||
    Array.isArray(yaml.data)
  ) {
    throw inputError('variables must be a map of names to values', { where: yaml.place });
  }
  const entries = yaml.entries(yaml.data);
  const mistakes = entries
    .filter((entry) => !entry.isString)
    .map(({ key, place }) =>
      inputError(`the variable name ${key} is not a string`, { where: place, next: 'quote it' }),
    );
  if (yaml.mistakes.length + mistakes.length > 0) throw combineMistakes([...yaml.mistakes, ...mistakes]);
  return entries;
}

/** The option without its values, safe to show: `-e "password=… port=…"`. */
function optionPlace(text: string): Place {
  // With an unclosed quote, names and values can't be told apart; only the first name is certain.
  const words = splitAssignments(text) ?? [text];
  const names = words.flatMap((word) => (word.includes('=') ? [`${word.replace(/=.*$/s, '')}=…`] : []));
  return { file: `-e "${names.length === 0 && words.length === 1 ? text : names.join(' ')}"` };
}
