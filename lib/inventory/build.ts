import type { Place } from '../util/errors.ts';
import {
  type Definition,
  type Draft,
  type DraftGroup,
  type DraftHost,
  link,
  withAncestors,
  withDescendants,
} from './draft.ts';
import type { Inventory, InventoryHost } from './inventory.ts';
import { guardVars } from './templates.ts';

/** Builds the inventory from a draft: completes `all` and `ungrouped`, and merges each host's variables. */
export function buildInventory(draft: Draft, sources: readonly string[]): Inventory {
  const { all, ungrouped } = draft;
  for (const group of draft.groups.values()) {
    if (group !== all && group.parents.size === 0) link(all, group);
  }
  const memberships = ownGroups(draft);
  for (const [name, groups] of memberships) {
    const elsewhere = groups.some((group) => group !== all && group !== ungrouped);
    if (elsewhere) ungrouped.hosts.delete(name);
    else ungrouped.hosts.add(name);
  }
  const merged = mergedGroups(depths(all));
  const own = ownGroups(draft);
  const hosts = [...draft.hosts.values()].map((host) => buildHost(host, merged(own.get(host.name) ?? [])));
  return {
    sources,
    hosts: new Map(hosts.map((host) => [host.name, host])),
    groups: new Map([...draft.groups.values()].map((group) => [group.name, members(group)])),
    groupPlaces: new Map(
      [...draft.groups.values()].flatMap(({ name, place }) => (place === undefined ? [] : [[name, place]])),
    ),
  };
}

/** For each host, the groups that list it themselves. */
function ownGroups(draft: Draft): Map<string, DraftGroup[]> {
  const found = new Map<string, DraftGroup[]>([...draft.hosts.keys()].map((name) => [name, []]));
  for (const group of draft.groups.values()) for (const name of group.hosts) found.get(name)?.push(group);
  return found;
}

/** The group's own hosts, then those of its children level by level, each once. */
function members(group: DraftGroup): readonly string[] {
  return [...new Set(withDescendants(group).flatMap((each) => [...each.hosts]))];
}

/** The depth of each group: the length of its longest path from `all`. */
function depths(all: DraftGroup): ReadonlyMap<DraftGroup, number> {
  const found = new Map<DraftGroup, number>();
  const waiting = new Map<DraftGroup, number>();
  const ready: DraftGroup[] = [all];
  // A group is ready when the depths of all its parents are known.
  for (const group of ready) {
    const depth = Math.max(-1, ...[...group.parents].map((parent) => found.get(parent) ?? 0)) + 1;
    found.set(group, depth);
    for (const child of group.children) {
      const remaining = (waiting.get(child) ?? child.parents.size) - 1;
      waiting.set(child, remaining);
      if (remaining === 0) ready.push(child);
    }
  }
  return found;
}

interface MergedGroups {
  readonly names: readonly string[];
  readonly vars: ReadonlyMap<string, Definition>;
}

/** Merges the variables of groups and all their ancestors. Hosts of the same groups share the result. */
function mergedGroups(depth: ReadonlyMap<DraftGroup, number>): (own: readonly DraftGroup[]) => MergedGroups {
  const known = new Map<string, MergedGroups>();
  const order = (a: DraftGroup, b: DraftGroup): number =>
    (depth.get(a) ?? 0) - (depth.get(b) ?? 0) || a.priority - b.priority || (a.name < b.name ? -1 : 1);
  return (own) => {
    const key = JSON.stringify(own.map((group) => group.name));
    const before = known.get(key);
    if (before !== undefined) return before;
    const groups = withAncestors(own).sort(order);
    const merged = {
      names: groups.map((group) => group.name),
      vars: new Map(groups.flatMap((group) => [...group.vars])),
    };
    known.set(key, merged);
    return merged;
  };
}

function buildHost(host: DraftHost, { names, vars: groupVars }: MergedGroups): InventoryHost {
  const definitions = new Map([...groupVars, ...host.vars]);
  const vars = Object.fromEntries([...definitions].map(([name, { value }]) => [name, value]));
  const templates = [...definitions].flatMap(([name, { template }]) =>
    template === undefined ? [] : [[name, { host: host.name, ...template }] as const],
  );
  return {
    name: host.name,
    vars: guardVars(vars, new Map(templates)),
    groups: names,
    place: (variable): Place => definitions.get(variable)?.place ?? host.place,
  };
}
