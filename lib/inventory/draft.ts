import type { Place } from '../util/errors.ts';
import type { Value } from './inventory.ts';

/** A variable's value and where it was written. */
export interface Definition {
  readonly value: Value;
  readonly place: Place;
  /** Where the first template in the value is. */
  readonly template?: Place | undefined;
}

export interface DraftGroup {
  readonly name: string;
  /** Where the group was first named; `undefined` for `all` and `ungrouped`, which always exist. */
  readonly place: Place | undefined;
  readonly vars: Map<string, Definition>;
  /** Names of the hosts listed in the group itself, not in its children. */
  readonly hosts: Set<string>;
  readonly children: Set<DraftGroup>;
  readonly parents: Set<DraftGroup>;
  /** `ansible_group_priority`: among groups of the same depth, the variables of the higher priority win. */
  priority: number;
}

export interface DraftHost {
  readonly name: string;
  /** Where the host was first named. */
  readonly place: Place;
  readonly vars: Map<string, Definition>;
}

/** Groups and hosts while the file is being read; `all` and `ungrouped` exist from the start, as in Ansible. */
export class Draft {
  readonly groups = new Map<string, DraftGroup>();
  readonly hosts = new Map<string, DraftHost>();
  readonly all = this.group('all');
  readonly ungrouped = this.group('ungrouped');

  constructor() {
    link(this.all, this.ungrouped);
  }

  /** The group of this name; created when it is new. */
  group(name: string, place?: Place): DraftGroup {
    const known = this.groups.get(name);
    if (known !== undefined) return known;
    const group: DraftGroup = {
      name,
      place,
      vars: new Map(),
      hosts: new Set(),
      children: new Set(),
      parents: new Set(),
      priority: 1,
    };
    this.groups.set(name, group);
    return group;
  }

  /** The host of this name, added to the group; created when it is new. */
  host(name: string, group: DraftGroup, place: Place): DraftHost {
    const host = this.hosts.get(name) ?? { name, place, vars: new Map() };
    this.hosts.set(name, host);
    group.hosts.add(name);
    return host;
  }
}

export function link(parent: DraftGroup, child: DraftGroup): void {
  parent.children.add(child);
  child.parents.add(parent);
}

/** The group and everything below it, level by level, each group once. */
export function withDescendants(group: DraftGroup): DraftGroup[] {
  return reachable([group], (each) => each.children);
}

/** The groups and everything above them, each group once. */
export function withAncestors(groups: readonly DraftGroup[]): DraftGroup[] {
  return reachable(groups, (each) => each.parents);
}

function reachable(
  from: readonly DraftGroup[],
  next: (group: DraftGroup) => Iterable<DraftGroup>,
): DraftGroup[] {
  const found = new Set(from);
  // A for loop over a Set also visits the items that are added during the loop.
  for (const group of found) for (const other of next(group)) found.add(other);
  return [...found];
}
