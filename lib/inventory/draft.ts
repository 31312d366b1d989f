import type { Place } from '../util/errors.ts';
import type { Value } from './inventory.ts';

/** A variable's value and where it was written. */
export interface Definition {
  readonly value: Value;
  readonly place: Place;
  /** Where the first template in the value stands. */
  readonly template?: Place | undefined;
}

export interface DraftGroup {
  readonly name: string;
  /** Where the group was first named; missing for those that are always there. */
  readonly place: Place | undefined;
  readonly vars: Map<string, Definition>;
  /** Names of the hosts that stand in the group itself. */
  readonly hosts: Set<string>;
  readonly children: Set<DraftGroup>;
  readonly parents: Set<DraftGroup>;
  /** `ansible_group_priority`: of groups equally deep, the higher one's variables win. */
  priority: number;
}

export interface DraftHost {
  readonly name: string;
  /** Where the host was first named. */
  readonly place: Place;
  readonly vars: Map<string, Definition>;
}

/** Groups and hosts as they are being read; `all` and `ungrouped` are there from the start, as in Ansible. */
export class Draft {
  readonly groups = new Map<string, DraftGroup>();
  readonly hosts = new Map<string, DraftHost>();
  readonly all = this.group('all');
  readonly ungrouped = this.group('ungrouped');

  constructor() {
    link(this.all, this.ungrouped);
  }

  /** The group of this name, made when it is new. */
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

  /** The host of this name, made when it is new, as a member of the group. */
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
  return spread([group], (each) => each.children);
}

/** The groups and everything above them, each group once. */
export function withAncestors(groups: readonly DraftGroup[]): DraftGroup[] {
  return spread(groups, (each) => each.parents);
}

function spread(
  from: readonly DraftGroup[],
  next: (group: DraftGroup) => Iterable<DraftGroup>,
): DraftGroup[] {
  const found = new Set(from);
  // A Set that grows while it is walked is walked to its new end.
  for (const group of found) for (const other of next(group)) found.add(other);
  return [...found];
}
