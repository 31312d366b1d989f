import type { Place } from '../util/errors.ts';

/** A plain value from YAML or JSON. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** Variables by name, as written; nothing is templated. */
export type Vars = Readonly<Record<string, Value>>;

/** One host of an inventory, with its variables settled. */
export interface InventoryHost {
  /** The name in the inventory; it may differ from the host's own hostname. */
  readonly name: string;
  /** Group variables merged as in Ansible (depth, `ansible_group_priority`, name; later replaces), then the host's own. */
  readonly vars: Vars;
  /** Names of all groups the host is in, `all` included, in merge order. */
  readonly groups: readonly string[];
  /** Where a variable was written, for errors. */
  place(variable: string): Place;
}

/** Hosts and groups as `loadInventory` and `parseInventory` give them; never changed afterwards. */
export interface Inventory {
  /** The files it was read from. */
  readonly sources: readonly string[];
  /** Hosts by name, in the order of first appearance. */
  readonly hosts: ReadonlyMap<string, InventoryHost>;
  /** Host names by group, also of `all` and `ungrouped`; own hosts in order of appearance, then those of children. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Where each group was first named, for messages. */
  readonly groupPlaces?: ReadonlyMap<string, Place>;
}
