/** Random inventories and patterns, repeatable by their seed. */

/** Random numbers from 0 (inclusive) to 1 (exclusive), by mulberry32. */
export type Random = () => number;

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(random: Random, from: readonly T[]): T {
  const one = from[Math.floor(random() * from.length)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
}

/** What a group of a random inventory was made from: enough to compute the expected result independently. */
export interface MadeGroup {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly children: readonly string[];
  readonly vars: Readonly<Record<string, string | number>>;
}

export interface MadeInventory {
  readonly text: string;
  readonly groups: readonly MadeGroup[];
}

const names = ['alpha', 'beta', 'gamma', 'delta', 'eps', 'zeta', 'eta', 'theta'];
const hostNames = [
  'web[01:03]',
  'web02',
  'db-[a:c]',
  'n[1:5:2]',
  'solo',
  'r[0:1]c[a:b]',
  'mq1',
  'eta',
  'x.example',
];

/** Up to eight groups, nested without cycles; some are at the top level, some under `all`. */
export function makeInventory(random: Random): MadeInventory {
  const count = 1 + Math.floor(random() * names.length);
  const groups = names.slice(0, count).map((name, i) => ({
    name,
    hosts: hostNames.filter(() => random() < 0.2),
    // Children always come later in the list, so that there is no cycle.
    children: names.slice(i + 1, count).filter(() => random() < 0.25),
    vars: makeVars(random, name),
  }));
  const all = {
    name: 'all',
    hosts: hostNames.filter(() => random() < 0.2),
    children: groups.map((group) => group.name).filter(() => random() < 0.5),
    vars: makeVars(random, 'all'),
  };
  const shuffled = [all, ...groups].sort(() => random() - 0.5);
  return { text: shuffled.map((group) => writeGroup(group, random)).join('\n'), groups: [all, ...groups] };
}

function makeVars(random: Random, name: string): Record<string, string | number> {
  const vars: Record<string, string | number> = {};
  for (const key of ['color', 'size', 'place']) if (random() < 0.4) vars[key] = `${key} of ${name}`;
  if (name !== 'all' && random() < 0.2) vars['ansible_group_priority'] = Math.floor(random() * 4);
  return vars;
}

function writeGroup({ name, hosts, children, vars }: MadeGroup, random: Random): string {
  const sections = [
    section(
      'hosts',
      hosts.map((host) => (random() < 0.3 ? `${host}: { color: own ${name} }` : `${host}:`)),
    ),
    section(
      'children',
      children.map((child) => `${child}:`),
    ),
    section(
      'vars',
      Object.entries(vars).map(([key, value]) => `${key}: ${value}`),
    ),
  ];
  return [`${name}:`, ...sections.sort(() => random() - 0.5).flat()].join('\n');
}

function section(key: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${key}:`, ...lines.map((line) => `    ${line}`)];
}

/** A pattern of one to four terms over names that exist. */
export function makePattern(random: Random, known: readonly string[]): string {
  const terms = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
    const sign = pick(random, ['', '', '&', '!']);
    const name = pick(random, known);
    return (
      sign + pick(random, [name, name, `${name.slice(0, 2)}*`, `?${name.slice(1)}`, `~${name.slice(0, 1)}`])
    );
  });
  return terms.join(pick(random, [':', ',']));
}

/** A term that matches nothing in any generated inventory, and one with a bracket that is never closed. */
export function makeMiss(random: Random): string {
  const name = pick(random, names);
  return pick(random, [`${name}_*`, `*_${name}`, `~${name}_`, `~[_]${name}`, `${name}_[a-c]`, `?_${name}`]);
}

export function makeUnclosed(random: Random): string {
  const name = pick(random, names);
  return pick(random, [`${name}[`, `[${name}`, `~${name}(`, `~(${name}[)]`, `~${name}{1`, `${name}[!]`]);
}
