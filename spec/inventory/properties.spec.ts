import assert from 'node:assert/strict';
import type { Inventory } from '../../lib/inventory/inventory.ts';
import { parseInventory } from '../../lib/inventory/load.ts';
import { selectHosts } from '../../lib/inventory/patterns.ts';
import { expandHosts } from '../../lib/inventory/ranges.ts';
import {
  type MadeInventory,
  makeInventory,
  makeMiss,
  makePattern,
  makeUnclosed,
  pick,
  type Random,
  seeded,
} from './generator.ts';

const SEEDS = 200;

interface Sample {
  readonly seed: number;
  readonly made: MadeInventory;
  readonly inventory: Inventory;
}

/** Made once for all specs of this file, because reading takes most of the time. */
let samples: Sample[] = [];

function eachInventory(check: (inventory: Inventory, made: MadeInventory, random: Random) => void): void {
  for (const { seed, made, inventory } of samples) {
    try {
      check(inventory, made, seeded(seed));
    } catch (error) {
      throw new Error(`with seed ${seed}:\n${made.text}`, { cause: error });
    }
  }
}

const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

/** The expected members of a group, computed by plain recursion from what it was made from. */
function expected(name: string, made: MadeInventory): string[] {
  const group = made.groups.find((each) => each.name === name);
  const own = (group?.hosts ?? []).flatMap((host) => [...expandHosts(host).names]);
  return [...own, ...(group?.children ?? []).flatMap((child) => expected(child, made))];
}

describe('random inventories', function () {
  this.timeout(20_000);

  before(() => {
    samples = Array.from({ length: SEEDS }, (_, seed) => {
      const made = makeInventory(seeded(seed));
      return { seed, made, inventory: parseInventory(made.text, 'made.yml') };
    });
  });

  describe('any inventory', () => {
    it('lists every host in all, each once', () => {
      eachInventory((inventory) => {
        const all = inventory.groups.get('all') ?? [];
        assert.equal(new Set(all).size, all.length);
        assert.deepEqual(sorted(all), sorted(inventory.hosts.keys()));
      });
    });

    it('lists in a group its own hosts and those of its descendants', () => {
      eachInventory((inventory, made) => {
        for (const { name } of made.groups) {
          if (name === 'all') continue;
          const members = inventory.groups.get(name) ?? [];
          assert.deepEqual(sorted(members), sorted(expected(name, made)), name);
          assert.equal(new Set(members).size, members.length, name);
        }
      });
    });

    it('lists in ungrouped exactly the hosts of no other group', () => {
      eachInventory((inventory) => {
        const grouped = new Set(
          [...inventory.groups].flatMap(([name, hosts]) =>
            name === 'all' || name === 'ungrouped' ? [] : hosts,
          ),
        );
        const ungrouped = [...inventory.hosts.keys()].filter((host) => !grouped.has(host));
        assert.deepEqual(sorted(inventory.groups.get('ungrouped') ?? []), sorted(ungrouped));
      });
    });

    it("agrees between a host's groups and a group's hosts, and puts parents before children", () => {
      eachInventory((inventory, made) => {
        for (const host of inventory.hosts.values()) {
          const groups = [...inventory.groups]
            .filter(([, hosts]) => hosts.includes(host.name))
            .map(([name]) => name);
          assert.deepEqual(sorted(host.groups), sorted(groups), host.name);
          assert.equal(host.groups[0], 'all');
          for (const { name, children } of made.groups) {
            for (const child of children) {
              if (!host.groups.includes(child)) continue;
              assert.ok(host.groups.indexOf(name) < host.groups.indexOf(child), `${name} after ${child}`);
            }
          }
        }
      });
    });

    it('gives a host the variables of its groups in their order, its own last', () => {
      eachInventory((inventory, made) => {
        for (const host of inventory.hosts.values()) {
          const merged = Object.assign(
            {},
            ...host.groups.map((name) => made.groups.find((g) => g.name === name)?.vars),
          );
          delete merged['ansible_group_priority'];
          const own = String(host.vars['color']).startsWith('own ') ? { color: host.vars['color'] } : {};
          assert.deepEqual(host.vars, { ...merged, ...own }, host.name);
        }
      });
    });

    it('is read the same every time, with the right place for each variable', () => {
      eachInventory((inventory, made) => {
        const again = parseInventory(made.text, 'made.yml');
        assert.deepEqual([...again.groups], [...inventory.groups]);
        const lines = made.text.split('\n');
        for (const host of inventory.hosts.values()) {
          assert.deepEqual(again.hosts.get(host.name)?.vars, host.vars);
          for (const [name, value] of Object.entries(host.vars)) {
            const { line = 0, column = 0 } = host.place(name);
            assert.ok(
              lines[line - 1]?.slice(column - 1).startsWith(`${name}: ${value}`),
              `${host.name} ${name}`,
            );
          }
        }
      });
    });
  });

  describe('any patterns', () => {
    it('obey the laws of union, intersection and difference', () => {
      eachInventory((inventory, _, random) => {
        const names = [...inventory.groups.keys(), ...inventory.hosts.keys()];
        for (let i = 0; i < 10; i += 1) {
          const [a, b] = [pick(random, names), pick(random, names)];
          const of = (pattern: string) => selectHosts(pattern, inventory);
          // Plain terms prefer a host to a group of the same name, so the laws need a glob for such a group.
          const [A, B] = [`${a}*`, `${b}*`];
          assert.deepEqual(sorted(of(`${A}:${B}`)), sorted([...of(A), ...of(B)]));
          assert.deepEqual(sorted(of(`${A},${B}`)), sorted(of(`${B},${A}`)));
          assert.deepEqual(
            of(`${A}:&${B}`),
            of(A).filter((host) => of(B).includes(host)),
          );
          assert.deepEqual(
            of(`${A}:!${B}`),
            of(A).filter((host) => !of(B).includes(host)),
          );
          assert.deepEqual(sorted([...of(`${A}:&${B}`), ...of(`${A}:!${B}`)]), sorted(of(A)));
          assert.deepEqual(of(`!${A}`), of(`all:!${A}`));
          assert.deepEqual(of(`!${B}:${A}`), of(`${A}:!${B}`));
          assert.deepEqual(of(`${A}:${A}`), of(A));
        }
      });
    });

    it('select known hosts, each once, the same every time', () => {
      eachInventory((inventory, _, random) => {
        const names = [...inventory.groups.keys(), ...inventory.hosts.keys()];
        for (let i = 0; i < 10; i += 1) {
          const pattern = makePattern(random, names);
          const hosts = selectHosts(pattern, inventory);
          assert.equal(new Set(hosts).size, hosts.length, pattern);
          for (const host of hosts) assert.ok(inventory.hosts.has(host), pattern);
          assert.deepEqual(selectHosts(pattern, inventory), hosts, pattern);
        }
      });
    });

    it('are refused when a ! or & term matches nothing', () => {
      eachInventory((inventory, _, random) => {
        const names = [...inventory.groups.keys(), ...inventory.hosts.keys()];
        for (let i = 0; i < 10; i += 1) {
          const [pattern, miss] = [makePattern(random, names), makeMiss(random)];
          for (const sign of ['!', '&']) {
            for (const whole of [`${pattern},${sign}${miss}`, `${sign}${miss},${pattern}`])
              assert.throws(() => selectHosts(whole, inventory), /matches nothing/, whole);
          }
        }
      });
    });

    it('warn about a plain term that matches nothing, and select the same without it', () => {
      eachInventory((inventory, _, random) => {
        for (let i = 0; i < 10; i += 1) {
          const miss = makeMiss(random);
          const warnings: string[] = [];
          const hosts = selectHosts(`all,${miss}`, inventory, (text) => warnings.push(text));
          assert.deepEqual(hosts, selectHosts('all', inventory), miss);
          assert.equal(warnings.length, 1, miss);
          assert.ok(warnings[0]?.startsWith(`"${miss}" in a host pattern`), miss);
        }
      });
    });

    it('accept the exclusion of an empty group', () => {
      eachInventory((inventory) => {
        for (const [name, hosts] of inventory.groups) {
          if (inventory.hosts.has(name)) continue;
          const left = [...inventory.hosts.keys()].filter((host) => !hosts.includes(host));
          assert.deepEqual(sorted(selectHosts(`all:!${name}`, inventory)), sorted(left), name);
        }
      });
    });

    it('are refused when a bracket is never closed', () => {
      eachInventory((inventory, _, random) => {
        const names = [...inventory.groups.keys(), ...inventory.hosts.keys()];
        for (let i = 0; i < 10; i += 1) {
          const pattern = `${makeUnclosed(random)},!${pick(random, names)}`;
          for (const sign of ['', '!', '&'])
            assert.throws(() => selectHosts(sign + pattern, inventory), /is never closed/, sign + pattern);
        }
      });
    });

    it('split a group with slices', () => {
      eachInventory((inventory) => {
        for (const [name, hosts] of inventory.groups) {
          if (inventory.hosts.has(name) || hosts.length === 0) continue;
          assert.deepEqual(selectHosts(`${name}[0]:${name}[1:]`, inventory), hosts);
          assert.deepEqual(selectHosts(`${name}[-1]`, inventory), hosts.slice(-1));
          assert.deepEqual(selectHosts(`${name}[0:1]`, inventory), hosts.slice(0, 2));
        }
      });
    });
  });
});
