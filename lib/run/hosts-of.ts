import type { Inventory, InventoryHost } from '../inventory/inventory.ts';
import { selectHosts, type Warn } from '../inventory/patterns.ts';
import { parseTerms } from '../inventory/terms.ts';
import type { Lock } from '../model/play.ts';
import { asPlayError, filePlace, type PlayError } from '../util/errors.ts';

/** The machine that ts-play runs on, as `localhost`, where the inventory has no such host of its own. */
export const CONTROLLER: InventoryHost = {
  name: 'localhost',
  vars: { ansible_connection: 'local', ansible_become: false },
  groups: [],
  place: () => ({}),
};

/** The hosts that a pattern means, and why when there are none. */
interface Meant {
  readonly hosts: readonly InventoryHost[];
  readonly none?: string;
}

/** The hosts of a play. @throws PlayError `input` with the play's name */
export function playHosts(play: string, pattern: string, inventory: Inventory, warn: Warn): Meant {
  if (pattern === CONTROLLER.name && !inventory.hosts.has(pattern) && !inventory.groups.has(pattern)) {
    return { hosts: [CONTROLLER] };
  }
  return meant(pattern, inventory, `hosts of play "${play}"`, warn);
}

/** The hosts that a lock is held on. @throws PlayError `input` with the lock's name */
export function lockHosts(
  { name, hosts: pattern }: Lock,
  inventory: Inventory,
  warn: Warn,
): readonly InventoryHost[] {
  const { hosts, none } = meant(pattern, inventory, `hosts of the lock "${name}"`, warn);
  if (none !== undefined) warn(`the lock "${name}" keeps nobody out, for it has no hosts: ${none}`);
  return hosts;
}

function meant(pattern: string, inventory: Inventory, where: string, warn: Warn): Meant {
  const idle: string[] = [];
  let names: readonly string[];
  try {
    names = selectHosts(pattern, inventory, (text) => idle.push(text));
  } catch (thrown) {
    throw placed(thrown, where);
  }
  if (names.length === 0) return { hosts: [], none: idle.join('; ') || whyNobody(pattern, inventory) };
  for (const text of idle) warn(`${where}: ${text}`);
  return { hosts: names.flatMap((name) => inventory.hosts.get(name) ?? []) };
}

function placed(thrown: unknown, file: string): PlayError {
  return asPlayError(thrown, 'input', { file });
}

function whyNobody(pattern: string, { groups, groupPlaces }: Inventory): string {
  const empty = parseTerms(pattern)
    .filter(({ role, text }) => role === 'add' && groups.get(text)?.length === 0)
    .map(({ text }) => {
      const place = groupPlaces?.get(text);
      return `the group ${text}${place ? ` (${filePlace(place)})` : ''} has no hosts`;
    });
  return empty.join(', ') || `"${pattern}" leaves none`;
}
