import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { inputError, type PlayError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { Inventory } from './inventory.ts';
import { isWild, nameTest } from './names.ts';
import { parseTerms, splitTerms, type Term, unbracketed } from './terms.ts';

/**
 * The hosts a pattern means, each once: first all plain terms in their order, then what every `&` term leaves of
 * them, then without those of the `!` terms. Without a plain term it starts from all hosts.
 * @throws PlayError of kind `input` for a name that is neither a host nor a group, and for a malformed term.
 */
export function selectHosts(pattern: string, inventory: Inventory): string[] {
  const terms = parseTerms(pattern);
  if (terms.length === 0) {
    throw inputError('the host pattern is empty', { next: 'name hosts or groups, or "all"' });
  }
  return select(terms, inventory);
}

/**
 * The play's hosts that a limit leaves, in the play's order. `@file` in a limit stands for the file's lines,
 * a pattern each; empty lines and those that begin with `#` are passed over.
 * @param cwd where a relative `@file` is looked for.
 * @throws PlayError of kind `input` for a limit that means no host of the inventory.
 */
export function limitHosts(
  playHosts: readonly string[],
  limit: string,
  inventory: Inventory,
  cwd = process.cwd(),
): string[] {
  const terms = splitTerms(limit)
    .flatMap((part) => (part.startsWith('@') ? readLines(part.slice(1), cwd) : [part]))
    .flatMap(parseTerms);
  const chosen = new Set(terms.length === 0 ? [] : select(terms, inventory));
  if (chosen.size === 0) {
    throw inputError(`the limit "${limit}" leaves no host of the inventory`, {
      next: 'see the hosts with --list-hosts, or leave the limit out',
    });
  }
  return playHosts.filter((host) => chosen.has(host));
}

function select(terms: readonly Term[], inventory: Inventory): string[] {
  const of = (role: Term['role']) => terms.filter((term) => term.role === role);
  const plain = of('add');
  const start = plain.length === 0 ? [{ role: 'add', text: 'all' } as const] : plain;
  let hosts = [...new Set(start.flatMap((term) => hostsOf(term, inventory)))];
  for (const term of of('keep')) {
    const kept = new Set(hostsOf(term, inventory));
    hosts = hosts.filter((host) => kept.has(host));
  }
  for (const term of of('drop')) {
    const dropped = new Set(hostsOf(term, inventory));
    hosts = hosts.filter((host) => !dropped.has(host));
  }
  return hosts;
}

function hostsOf({ role, text: written }: Term, inventory: Inventory): readonly string[] {
  const text = unbracketed(written);
  // As in Ansible, only a plain term prefers the host to a group of the same name.
  if (role === 'add' && inventory.hosts.has(text)) return [text];
  const { name, slice } = splitSlice(text);
  const hosts = matching(name, inventory);
  return slice === undefined || hosts.length === 0 ? hosts : slice(hosts);
}

/** Hosts of the groups that match; hosts that match by themselves too when the name is wild or no group matches. */
function matching(name: string, inventory: Inventory): readonly string[] {
  const matches = nameTest(name);
  const groups = [...inventory.groups].filter(([group]) => matches(group));
  const found = new Set(groups.flatMap(([, hosts]) => hosts));
  if (groups.length === 0 || isWild(name) || name.includes('.')) {
    for (const host of inventory.hosts.keys()) if (matches(host)) found.add(host);
  }
  if (groups.length === 0 && found.size === 0 && !isWild(name)) throw unknownName(name, inventory);
  return [...found];
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
    throw inputError(`"[${malformed}]" in the host pattern "${text}" is no slice`, {
      next: `write ${name}[0:2] for the first to third host, or ~${name}[1-3]$ for a range of characters`,
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
      throw inputError(`there is no host ${text}`, {
        why: `"${name}" has ${hosts.length} hosts, counted from 0`,
      });
    },
  };
}

function unknownName(name: string, inventory: Inventory): PlayError {
  const groups = [...inventory.groups.keys()];
  return inputError(`no host or group is called "${name}"`, {
    next:
      didYouMean(name, [...groups, ...inventory.hosts.keys()]) ??
      (name === 'localhost'
        ? 'add it to the inventory: localhost: { ansible_connection: local }'
        : `the groups are ${groups.slice(0, 10).join(', ')}${groups.length > 10 ? ', …' : ''}`),
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
