import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml';
import { inputError, type Place, type PlayError } from '../util/errors.ts';
import { didYouMean } from '../util/nearest.ts';
import type { Value } from './inventory.ts';
import { isTemplate } from './templates.ts';

/** Nested aliases can expand a small file to gigabytes; no real inventory has this many values. */
const MAX_VALUES = 1_000_000;

/** A key of a map, with its value and place. */
export interface Entry {
  readonly key: string;
  /** False for a key that YAML reads as a number, boolean or null. */
  readonly isString: boolean;
  readonly value: Value;
  readonly place: Place;
  /** Where the first template in the value is; templates marked `!unsafe` don't count. */
  readonly template?: Place | undefined;
}

/** Converts YAML nodes to plain values; collects mistakes instead of stopping at the first. */
export class YamlValues {
  readonly mistakes: PlayError[] = [];
  /** The keys of each map that was created, in the order of the file; merged keys (`<<`) last. */
  readonly entries = new WeakMap<object, readonly Entry[]>();
  readonly #at: (offset: number) => Place;
  readonly #targets: ReadonlyMap<Alias, Node>;
  readonly #anchors: ReadonlySet<string>;
  readonly #open = new Set<Node>();
  #count = 0;
  /** The first template in the value that is being read. */
  #template: Place | undefined;
  /** Whether the value that is being read is marked `!unsafe`, Ansible's tag for literal text. */
  #literal = false;

  constructor(root: Node | null, at: (offset: number) => Place) {
    this.#at = at;
    const anchors = new Map<string, Node>();
    const targets = new Map<Alias, Node>();
    // An alias refers to the last anchor of its name before it.
    visit(root, {
      Node(_, node) {
        if (isAlias(node)) {
          const target = anchors.get(node.source);
          if (target !== undefined) targets.set(node, target);
        } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
      },
    });
    this.#targets = targets;
    this.#anchors = new Set(anchors.keys());
  }

  /** The value of a node; null where a mistake was found. */
  read(node: Node | null | undefined): Value {
    this.#count += 1;
    if (this.#count > MAX_VALUES) {
      throw inputError(`the file expands to more than ${MAX_VALUES} values`, {
        where: this.#place(node),
        why: 'its aliases refer to values that contain further aliases',
      });
    }
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return this.#alias(node);
    if (isVault(node)) {
      return this.#mistake(node, 'a value is encrypted with Ansible Vault (!vault)', {
        why: 'vault is not supported yet',
        next: 'write the decrypted value in a file that only you can read, or set it with -e',
      });
    }
    const within = this.#literal;
    if (node.tag === '!unsafe') this.#literal = true;
    try {
      return isScalar(node) ? this.#scalar(node) : this.#collection(node);
    } finally {
      this.#literal = within;
    }
  }

  #collection(node: Node): Value {
    if (this.#open.has(node)) return this.#mistake(node, 'a value contains itself through an alias');
    this.#open.add(node);
    try {
      if (isMap(node)) return this.#map(node);
      return isSeq(node) ? node.items.map((item) => this.read(item as Node | null)) : null;
    } finally {
      this.#open.delete(node);
    }
  }

  /** A value, and where the first template in it is. */
  #readWithTemplate(node: Node | null): Pick<Entry, 'value' | 'template'> {
    const before = this.#template;
    this.#template = undefined;
    const value = this.read(node);
    const template = this.#template;
    this.#template = before ?? template;
    return { value, template };
  }

  #alias(alias: Alias): Value {
    const target = this.#targets.get(alias);
    if (target !== undefined) return this.read(target);
    return this.#mistake(alias, `no anchor &${alias.source} before the alias *${alias.source}`, {
      next: didYouMean(alias.source, this.#anchors),
    });
  }

  #scalar(node: Scalar): Value {
    const { value, source } = node;
    if (typeof value === 'string' && !this.#literal && isTemplate(value))
      this.#template ??= this.#place(node);
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    if (typeof value !== 'number') return source ?? String(value);
    if (!Number.isFinite(value)) {
      return this.#mistake(node, `${source} can't be represented in JSON`, { next: 'quote it' });
    }
    if (Number.isInteger(value) && !Number.isSafeInteger(value) && /^[-+]?\d+$/.test(source ?? '')) {
      return this.#mistake(node, 'a whole number is too large to be represented exactly', {
        next: 'quote it',
      });
    }
    return value;
  }

  #map(node: YAMLMap): Value {
    const entries = new Map<string, Entry>();
    const merged: Node[] = [];
    for (const pair of node.items) {
      const key = this.#resolve(pair.key as Node | null);
      const value = pair.value as Node | null;
      if (isScalar(key) && isMergeKey(key)) {
        if (value !== null) merged.push(value);
        continue;
      }
      if (key !== null && !isScalar(key)) {
        this.#mistake(key, 'a key is a map or a list', {
          next: 'quote a value that begins with {{ or [; templates are not evaluated',
        });
        continue;
      }
      const entry = {
        ...keyText(key),
        ...this.#readWithTemplate(value),
        place: this.#place((pair.key as Node | null) ?? node),
      };
      const first = entries.get(entry.key);
      if (first === undefined) entries.set(entry.key, entry);
      else this.#duplicate(entry, first);
    }
    for (const source of merged) this.#merge(source, entries);
    const map = Object.fromEntries([...entries.values()].map(({ key, value }) => [key, value]));
    this.entries.set(map, [...entries.values()]);
    return map;
  }

  #duplicate(entry: Entry, first: Entry): void {
    this.mistakes.push(
      inputError(`the key "${entry.key}" appears twice in one map`, {
        where: entry.place,
        why: `it first appears in line ${first.place.line}`,
        next: 'keep one of them',
      }),
    );
  }

  /** A key of the map itself overrides a merged one, and the first of several merged maps overrides the later ones. */
  #merge(source: Node, into: Map<string, Entry>): void {
    const node = this.#resolve(source);
    for (const part of isSeq(node) ? node.items : [source]) {
      const before = this.#template;
      const value = this.read(part as Node | null);
      // Only the templates of entries that are not replaced count.
      this.#template = before;
      const entries = value !== null && typeof value === 'object' ? this.entries.get(value) : undefined;
      if (entries === undefined) {
        this.#mistake(source, 'the merge key << takes a map, an alias of a map, or a list of those');
      }
      for (const entry of entries ?? []) {
        if (into.has(entry.key)) continue;
        into.set(entry.key, entry);
        this.#template ??= entry.template;
      }
    }
  }

  #resolve(node: Node | null): Node | null {
    return isAlias(node) ? (this.#targets.get(node) ?? node) : node;
  }

  #place(node: Node | null | undefined): Place {
    return this.#at(node?.range?.[0] ?? 0);
  }

  #mistake(node: Node, what: string, rest: { why?: string; next?: string | undefined } = {}): null {
    this.mistakes.push(inputError(what, { where: this.#place(node), ...rest }));
    return null;
  }
}

function isVault(node: Node): boolean {
  return !isAlias(node) && (node.tag === '!vault' || node.tag === '!vault-encrypted');
}

function isMergeKey(key: Scalar): boolean {
  return typeof key.value === 'symbol' && key.value.description === '<<';
}

function keyText(key: Scalar | null): { key: string; isString: boolean } {
  if (typeof key?.value === 'string') return { key: key.value, isString: true };
  return { key: key?.source ?? '', isString: false };
}
