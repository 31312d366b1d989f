import { readFileSync } from 'node:fs';
import { type Document, isMap, isScalar, type Pair, parseDocument, YAMLMap } from 'yaml';
import { unifiedDiff } from '../util/diff.ts';
import { inputError } from '../util/errors.ts';
import type { Inventory } from './inventory.ts';
import { parseInventory } from './load.ts';

/** A change to an inventory file that is not written yet. */
export interface InventoryEdit {
  readonly file: string;
  /** The complete new text; comments and order are kept. */
  readonly text: string;
  /** In the format of `diff -u`; empty when nothing changes. */
  readonly patch: string;
  /** The inventory after the change. */
  readonly inventory: Inventory;
}

/**
 * Moves a host with its variables from one group's own hosts to the end of another's; without `to` it only removes the
 * host. A host that is in the right group already changes nothing. Given an edit, it continues from its text, and the
 * patch covers both changes.
 * @throws PlayError `input` when the host is in neither group, or `to` is no group with hosts of its own
 */
export function moveHost(
  given: Inventory | InventoryEdit,
  host: string,
  { from, to }: { readonly from: string; readonly to?: string | undefined },
): InventoryEdit {
  const file = 'text' in given ? given.file : (given.sources[0] ?? '');
  const original = readFileSync(file, 'utf8');
  const before = 'text' in given ? given.text : original;
  const doc = parseDocument(before, { version: '1.2', merge: true, uniqueKeys: false });
  const source = hostsOf(doc.contents, from);
  const target = to === undefined ? undefined : hostsOf(doc.contents, to);
  if (to !== undefined && target === undefined) {
    throw inputError(`the inventory has no group "${to}" with hosts of its own`, { where: { file } });
  }
  const pair = source && pairOf(source, host);
  const existing = target && pairOf(target, host);
  if (!pair && !existing) {
    throw inputError(
      `${host} is in neither group ${[from, to].filter(Boolean).join(' nor group ')} by name`,
      {
        where: { file },
        why: 'a host that is part of a range, such as web[01:10], has no line of its own that could be moved',
        next: `write "${host}:" under the hosts of ${from}`,
      },
    );
  }
  const text = pair ? moved(before, { doc, pair, source, target: existing ? undefined : target }) : before;
  return {
    file,
    text,
    patch: text === original ? '' : unifiedDiff({ before: original, after: text, path: file }),
    inventory: parseInventory(text, file),
  };
}

interface Move {
  readonly doc: Document;
  readonly pair: Pair;
  readonly source: YAMLMap | undefined;
  readonly target: YAMLMap | undefined;
}

/** Moves only the host's lines, so that all others stay as they are; when a flow map is involved, rewrites the file. */
function moved(text: string, { doc, pair, source, target }: Move): string {
  const last = target?.items.at(-1);
  const isBlock = !source?.flow && (target === undefined || (!target.flow && last !== undefined));
  if (isBlock) {
    const own = linesOf(text, pair);
    const block = text.slice(own.start, own.end);
    const without = (t: string, offset = 0) => t.slice(0, own.start + offset) + t.slice(own.end + offset);
    if (last === undefined) return without(text);
    const { end } = linesOf(text, last);
    const added = indented(block, columnOf(text, last) - columnOf(text, pair));
    const put = `${text.slice(0, end)}${text[end - 1] === '\n' ? '' : '\n'}${added}${text.slice(end)}`;
    return without(put, end <= own.start ? put.length - text.length : 0);
  }
  source?.items.splice(source.items.indexOf(pair), 1);
  target?.items.push(pair);
  if (target) target.flow = false;
  return doc.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** The offsets of an entry's lines, from the comment directly above it to the end of its last line. */
function linesOf(text: string, pair: Pair): { readonly start: number; readonly end: number } {
  const column = columnOf(text, pair);
  let start = offsetOf(pair) - column;
  for (;;) {
    const above = text.lastIndexOf('\n', start - 2) + 1;
    if (start === 0 || !/^ *#/.test(text.slice(above, start)) || text.slice(above).search(/#/) !== column)
      break;
    start = above;
  }
  let end = text.indexOf('\n', offsetOf(pair)) + 1 || text.length;
  for (let at = end; at < text.length; ) {
    const next = text.indexOf('\n', at) + 1 || text.length;
    const line = text.slice(at, next);
    if (line.trim() !== '' && line.search(/\S/) <= column) break;
    at = next;
    if (line.trim() !== '') end = next;
  }
  return { start, end };
}

function offsetOf({ key }: Pair): number {
  return isScalar(key) ? (key.range?.[0] ?? 0) : 0;
}

function columnOf(text: string, pair: Pair): number {
  return offsetOf(pair) - (text.lastIndexOf('\n', offsetOf(pair) - 1) + 1);
}

function indented(block: string, by: number): string {
  const shifted = block
    .split('\n')
    .map((line) => (line === '' ? line : by >= 0 ? ' '.repeat(by) + line : line.slice(-by)))
    .join('\n');
  return shifted.endsWith('\n') ? shifted : `${shifted}\n`;
}

/** The map under `hosts` of a group, at any depth below `children`. */
function hostsOf(node: unknown, group: string): YAMLMap | undefined {
  if (!isMap(node)) return undefined;
  for (const item of node.items) {
    const key = keyOf(item);
    if (key === 'hosts' || key === 'vars') continue;
    if (key === group && isMap(item.value)) {
      const hosts = item.value.get('hosts');
      if (isMap(hosts)) return hosts;
      const empty = item.value.items.find((each) => keyOf(each) === 'hosts');
      // `hosts:` with nothing under it: what is left after the last host was moved away.
      if (empty && (hosts === null || hosts === undefined)) {
        const made = new YAMLMap();
        item.value.set('hosts', made);
        return made;
      }
    }
    const within = hostsOf(item.value, group);
    if (within) return within;
  }
  return undefined;
}

function pairOf(hosts: YAMLMap, name: string): Pair | undefined {
  return hosts.items.find((item) => keyOf(item) === name);
}

function keyOf({ key }: Pair): string | undefined {
  if (typeof key === 'string') return key;
  return isScalar(key) ? String(key.value) : undefined;
}
