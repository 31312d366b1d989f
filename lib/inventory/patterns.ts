import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { inputError, type PlayError } from '../util/errors.ts';
import { didYouMean } from '../util/nearest.ts';
import type { Inventory } from './inventory.ts';
import { isWild, nameTest } from './names.ts';
import { isTemplate } from './templates.ts';
import { parseTerms, splitTerms, type Term, unbracketed } from './terms.ts';

/** Receives a warning: the run continues, but the input is probably not what the user meant. */
export type Warn = (text: string) => void;

/**
 * The hosts that a pattern selects, each once: the union of the plain terms in their order, intersected with every `&`
 * term, without the hosts of the `!` terms. Without a plain term it starts from all hosts.
 * @param warn is called for each plain term, such as `db*`, that matches nothing.
 * @throws PlayError of kind `input` for a name that is neither a host nor a group, for a `!` or `&` term that matches
 * nothing, and for a malformed term.
 */
export function selectHosts(pattern: string, inventory: Inventory, warn: Warn = () => {}): string[] {
  refuseTemplate(pattern);
  const terms = parseTerms(pattern);
  if (terms.length === 0) {
    throw inputError('the host pattern is empty', { next: 'name hosts or groups, or "all"' });
  }
  return select(terms, inventory, warn);
}

/**
 * The play's hosts that a limit selects, in the play's order. `@file` in a limit is replaced with the file's lines,
 * one pattern each; empty lines and lines that begin with `#` are ignored.
 * @param cwd the directory that a relative `@file` starts from.
 * @throws PlayError of kind `input` for a limit that selects no host of the inventory.
 */
export function limitHosts(
  playHosts: readonly string[],
  limit: string,
  inventory: Inventory,
  cwd = process.cwd(),
  warn: Warn = () => {},
): string[] {
  const terms = splitTerms(limit)
    .flatMap((part) => (part.startsWith('@') ? readLines(part.slice(1), cwd) : [part]))
    .flatMap(parseTerms);
  const chosen = new Set(terms.length === 0 ? [] : select(terms, inventory, warn));
  if (chosen.size === 0) {
    throw inputError(`the limit "${limit}" matches no host of the inventory`, {
      next: 'list the hosts with --list-hosts, or run without --limit',
    });
  }
  return playHosts.filter((host) => chosen.has(host));
}

function select(terms: readonly Term[], inventory: Inventory, warn: Warn): string[] {
  const of = (role: Term['role']) => terms.filter((term) => term.role === role);
  const plain = of('add');
  const start = plain.length === 0 ? [{ role: 'add', text: 'all' } as const] : plain;
  let hosts = [...new Set(start.flatMap((term) => hostsOf(term, inventory, warn)))];
  for (const term of of('keep')) {
    const kept = new Set(hostsOf(term, inventory, warn));
    hosts = hosts.filter((host) => kept.has(host));
  }
  for (const term of of('drop')) {
    const dropped = new Set(hostsOf(term, inventory, warn));
    hosts = hosts.filter((host) => !dropped.has(host));
  }
  return hosts;
}

function hostsOf(term: Term, inventory: Inventory, warn: Warn): readonly string[] {
  const { role, text: written } = term;
  const text = unbracketed(written);
  // As in Ansible, only a plain term prefers the host to a group of the same name.
  if (role === 'add' && inventory.hosts.has(text)) return [text];
  const { name, slice } = splitSlice(text);
  const hosts = matching(name, inventory);
  if (hosts === undefined)
    return matchesNothing(term, 'it matches no name of a host or group', inventory, warn);
  if (slice === undefined || hosts.length === 0) return hosts;
  const part = slice(hosts);
  if (part.length > 0) return part;
  return matchesNothing(term, `"${name}" has ${hosts.length} hosts, numbered from 0`, inventory, warn);
}

/** A `!` or `&` term that matches nothing is probably misspelt, and the play would run on hosts that the user excluded. */
function matchesNothing(
  { role, text }: Term,
  why: string,
  inventory: Inventory,
  warn: Warn,
): readonly string[] {
  if (role === 'add') {
    warn(`"${text}" in a host pattern matches nothing: ${why}`);
    return [];
  }
  const sign = role === 'drop' ? '!' : '&';
  throw inputError(`"${sign}${text}" in a host pattern matches nothing`, {
    why,
    next: nearName(text.replace(/[^\w.-]/g, ''), inventory),
  });
}

/**
 * The hosts of the groups that match. Names of hosts count too when the name is a wildcard, contains a dot, or matches
 * no group.
 * @returns undefined when neither a host nor a group matches; an empty list for a group without hosts
 */
function matching(name: string, inventory: Inventory): readonly string[] | undefined {
  const matches = nameTest(name);
  const groups = [...inventory.groups].filter(([group]) => matches(group));
  const found = new Set(groups.flatMap(([, hosts]) => hosts));
  if (groups.length === 0 || isWild(name) || name.includes('.')) {
    for (const host of inventory.hosts.keys()) if (matches(host)) found.add(host);
  }
  if (groups.length > 0 || found.size > 0) return [...found];
  if (isWild(name)) return undefined;
  throw unknownName(name, inventory);
}

interface Sliced {
  readonly name: string;
  readonly slice: ((hosts: readonly string[]) => readonly string[]) | undefined;
}

/** `web[0]`, `web[-1]`, `web[0:2]` (both ends included) and `web[2:]`; a regex has no slice. */
function splitSlice(text: string): Sliced {
  const found = text.startsWith('~') ? null : /^(.+)\[(?:(-?\d+)|(\d+):(\d*)|(-?\d*[-:]-?\d*))\]$/.exec(text);
  if (found === null) return { name: text, slice: undefined };
  const [, name = '', index, from, to, malformed] = found;
  if (malformed !== undefined) {
    throw inputError(`"[${malformed}]" in the host pattern "${text}" is not a valid slice`, {
      next: `write ${name}[0:2] for the first three hosts, or ~${name}[1-3]$ for a range of characters`,
    });
  }
  if (index === undefined) {
    return { name, slice: (hosts) => hosts.slice(Number(from), to === '' ? undefined : Number(to) + 1) };
  }
  return {
    name,
    slice: (hosts) => {
      const host = hosts.at(Number(index));
      if (host !== undefined) return [host];
      throw inputError(`no host ${text}`, {
        why: `"${name}" has ${hosts.length} hosts, numbered from 0`,
      });
    },
  };
}

function unknownName(name: string, inventory: Inventory): PlayError {
  return inputError(`no host or group is called "${name}"`, { next: nearName(name, inventory) });
}

function nearName(name: string, inventory: Inventory): string {
  const groups = [...inventory.groups.keys()];
  const near = didYouMean(name, [...groups, ...inventory.hosts.keys()]);
  if (near !== undefined) return near;
  if (name === 'localhost') return 'add it to the inventory: localhost: { ansible_connection: local }';
  return `the groups are ${groups.slice(0, 10).join(', ')}${groups.length > 10 ? ', …' : ''}`;
}

/** In Ansible's playbooks, `hosts` is often a template. */
function refuseTemplate(pattern: string): void {
  if (!isTemplate(pattern)) return;
  throw inputError(`the host pattern "${pattern}" contains a template`, {
    next: 'write the hosts or groups themselves; if the hosts depend on a parameter, use defineParametricPlaybook({ … })',
  });
}

function readLines(file: string, cwd: string): string[] {
  try {
    return readFileSync(resolve(cwd, file), 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
  } catch (error) {
    throw inputError(`the limit file "${file}" can't be read`, {
      where: { file },
      why: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}
