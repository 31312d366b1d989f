import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Inventory, InventoryHost } from '../../lib/inventory/inventory.ts';
import { loadInventory, parseInventory } from '../../lib/inventory/load.ts';
import { PlayError } from '../../lib/util/errors.ts';
import { site } from './site.ts';

function host(inventory: Inventory, name: string): InventoryHost {
  const found = inventory.hosts.get(name);
  assert.ok(found, `no host ${name}`);
  return found;
}

const read = (text: string) => parseInventory(text, 'hosts.yml');

describe('parseInventory', () => {
  const inventory = read(site);

  it('keeps the hosts in order of appearance, with their source', () => {
    assert.deepEqual([...inventory.hosts.keys()], ['bastion', 'mq01', 'mq02', 'mq03', 'lb1', 'lonely']);
    assert.deepEqual(inventory.sources, ['hosts.yml']);
  });

  it('lists the members of every group, own hosts before those of children', () => {
    assert.deepEqual(Object.fromEntries(inventory.groups), {
      all: ['bastion', 'lonely', 'mq03', 'mq01', 'mq02', 'lb1'],
      ungrouped: ['lonely', 'bastion'],
      site: ['mq01', 'mq02', 'mq03', 'lb1'],
      brokers: ['mq01', 'mq02', 'mq03'],
      proxies: ['mq02', 'mq03', 'lb1'],
      zone_a: ['mq03'],
      late: ['mq01', 'mq02', 'mq03'],
    });
  });

  it('merges variables by depth, priority and name, replaces whole values, and applies the host last', () => {
    const vars = Object.fromEntries([...inventory.hosts.values()].map((each) => [each.name, each.vars]));
    assert.deepEqual(vars, {
      bastion: { ansible_port: 2200, level: 'all', nested: { a: 1, b: 2 }, only_all: 1 },
      lb1: { ansible_port: 2222, level: 'proxies', nested: { b: 3 }, only_all: 1, who: 'proxies' },
      lonely: { level: 'all', nested: { a: 1, b: 2 }, only_all: 1 },
      mq01: { level: 'brokers', nested: { b: 3 }, only_all: 1, rack: 'left', who: 'brokers', zone: 'late' },
      mq02: { level: 'proxies', nested: { b: 3 }, only_all: 1, rack: 'right', who: 'proxies', zone: 'late' },
      mq03: { level: 'mine', nested: { b: 3 }, only_all: 1, rack: 'left', who: 'proxies', zone: 'a' },
    });
  });

  it('lists the groups of a host in merge order', () => {
    assert.deepEqual(host(inventory, 'mq03').groups, ['all', 'late', 'site', 'zone_a', 'brokers', 'proxies']);
    assert.deepEqual(host(inventory, 'lonely').groups, ['all', 'ungrouped']);
  });

  it('gives the place of the definition that won', () => {
    const mq03 = host(inventory, 'mq03');
    const file = 'hosts.yml';
    assert.deepEqual(mq03.place('level'), { file, line: 35, column: 17 });
    assert.deepEqual(mq03.place('who'), { file, line: 31, column: 13 });
    assert.deepEqual(mq03.place('only_all'), { file, line: 8, column: 5 });
    assert.deepEqual(mq03.place('rack'), { file, line: 19, column: 15 });
    assert.deepEqual(host(inventory, 'mq02').place('rack'), { file, line: 21, column: 15 });
    assert.deepEqual(host(inventory, 'lb1').place('ansible_port'), { file, line: 28, column: 13 });
    // For an undefined variable: where the host was first named.
    assert.deepEqual(mq03.place('missing'), { file, line: 18, column: 13 });
  });

  it('merges a host that appears several times, and later variables override earlier ones', () => {
    const one = read(
      'a: { hosts: { x: { p: 1, q: 1 } } }\nb: { hosts: { x: { q: 2 }, y: } }\nc: { hosts: { "[x:x]": { r: 3 } } }',
    );
    assert.deepEqual(host(one, 'x').vars, { p: 1, q: 2, r: 3 });
    assert.equal(one.hosts.size, 2);
  });

  it('reads sections in the order of the file, so that children may come before hosts', () => {
    const two = read('all:\n  children: { g: { hosts: { x: { v: child } } } }\n  hosts: { x: { v: own } }');
    assert.equal(host(two, 'x').vars['v'], 'own');
  });

  it('lets the deeper group win on any path to it', () => {
    const deep = read(`
a: { vars: { v: a }, children: { b: { vars: { v: b }, children: { c: { vars: { v: c } } } } } }
z: { vars: { v: z }, hosts: { x: } }
c: { hosts: { x: } }
`);
    assert.equal(host(deep, 'x').vars['v'], 'c');
    assert.deepEqual(host(deep, 'x').groups, ['all', 'a', 'z', 'b', 'c']);
  });

  it('uses priority only between groups of the same depth, and does not make it a variable', () => {
    const text = (priority: string) => `
all: { vars: { ansible_group_priority: 99, v: all }, hosts: { x: } }
a: { vars: { v: a, ansible_group_priority: ${priority} }, hosts: { x: } }
b: { vars: { v: b }, hosts: { x: } }
`;
    assert.deepEqual(host(read(text('2')), 'x').vars, { v: 'a' });
    assert.deepEqual(host(read(text('"10"')), 'x').vars, { v: 'a' });
    assert.deepEqual(host(read(text('0')), 'x').vars, { v: 'b' });
  });

  it('reads a plain string as one name', () => {
    const bare = read('web: { hosts: web1, children: inner }\ninner: { hosts: "db[1:2]" }');
    assert.deepEqual(bare.groups.get('web'), ['web1', 'db1', 'db2']);
  });

  it('keeps a host and a group of the same name apart', () => {
    const same = read('web: { hosts: { web: { v: host }, other: }, vars: { v: group } }');
    assert.equal(host(same, 'web').vars['v'], 'host');
    assert.equal(host(same, 'other').vars['v'], 'group');
  });

  it('reads values as YAML 1.2 does', () => {
    const { vars } = host(
      read(`
all:
  hosts:
    x:
      yes_is: yes
      no_is: off
      true_is: true
      number: 12.5
      hex: 0x1f
      date: 2024-01-01
      nothing: ~
      list: [1, two, { three: 3 }]
      tagged: !unsafe "a {{ b }}"
      unknown_tag: !reference 42
      text_tag: !!str 42
      ports: { 8080: web }
      "text": |
        two
        lines
      __proto__: { polluted: true }
`),
      'x',
    );
    assert.deepEqual(
      { ...vars },
      {
        yes_is: 'yes',
        no_is: 'off',
        true_is: true,
        number: 12.5,
        hex: 31,
        date: '2024-01-01',
        nothing: null,
        list: [1, 'two', { three: 3 }],
        tagged: 'a {{ b }}',
        unknown_tag: '42',
        text_tag: '42',
        ports: { 8080: 'web' },
        text: 'two\nlines\n',
        ['__proto__']: { polluted: true },
      },
    );
    assert.equal(Object.getPrototypeOf(vars), Object.prototype);
  });

  it('follows anchors, aliases and merge keys', () => {
    const merged = read(`
all:
  vars:
    base: &base { a: 1, b: 1 }
    more: &more { b: 2, c: 2 }
  hosts:
    x: { <<: *base, b: own }
    y:
      b: own
      <<: [*base, *more]
    z: *base
    w: { list: *more }
  children:
    web: { hosts: &web { x: , y: } }
    db: { hosts: { <<: *web, z: } }
`);
    const ofAll = { base: { a: 1, b: 1 }, more: { b: 2, c: 2 } };
    assert.deepEqual(host(merged, 'x').vars, { ...ofAll, a: 1, b: 'own' });
    assert.deepEqual(host(merged, 'y').vars, { ...ofAll, a: 1, b: 'own', c: 2 });
    assert.deepEqual(host(merged, 'z').vars, { ...ofAll, a: 1, b: 1 });
    assert.deepEqual(host(merged, 'w').vars, { ...ofAll, list: { b: 2, c: 2 } });
    assert.deepEqual([...(merged.groups.get('db') ?? [])].sort(), ['x', 'y', 'z']);
    assert.deepEqual(host(merged, 'x').place('a'), { file: 'hosts.yml', line: 4, column: 19 });
  });

  it('allows empty groups', () => {
    const bare = read('all:\nweb:\ndb: { hosts: , vars: , children: }');
    assert.deepEqual(Object.fromEntries(bare.groups), { all: [], ungrouped: [], web: [], db: [] });
    assert.equal(bare.hosts.size, 0);
  });

  it('reads JSON', () => {
    assert.deepEqual(host(read('{"all": {"hosts": {"x": {"a": [true]}}}}'), 'x').vars, { a: [true] });
  });

  it('reads two thousand hosts in well under a second', function () {
    this.timeout(20_000);
    const text = [
      'all:',
      '  children:',
      ...Array.from({ length: 40 }, (_, i) => `    g${i}: { vars: { v${i}: ${i}, shared: ${i} } }`),
      '  hosts:',
      ...Array.from(
        { length: 1000 },
        (_, i) => `    web${i}: { ansible_host: 10.0.${i >> 8}.${i & 255}, n: ${i} }`,
      ),
      ...Array.from(
        { length: 40 },
        (_, i) => `g${i}: { hosts: { "db[${i * 25}:${i * 25 + 24}]": { x: 1 } } }`,
      ),
    ].join('\n');
    // CPU time, and the best of three, so that a busy machine doesn't make it fail.
    const times = [1, 2, 3].map(() => {
      const started = process.cpuUsage();
      const large = read(text);
      assert.equal(large.hosts.size, 2000);
      assert.equal(host(large, 'db999').vars['shared'], 39);
      const { user, system } = process.cpuUsage(started);
      return (user + system) / 1000;
    });
    assert.ok(Math.min(...times) < 800, `took ${times.map(Math.round)} ms`);
  });
});

describe('loadInventory', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inventory-'));
    await writeFile(join(folder, 'hosts.yml'), site);
    await writeFile(join(folder, 'broken.yml'), 'all: [');
    await writeFile(join(folder, 'hosts.py'), '#!/usr/bin/env python3\nprint("{}")\n', { mode: 0o755 });
    await writeFile(join(folder, 'comment.yml'), `#!not a program\n${site}`);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('reads a file', async () => {
    const file = join(folder, 'hosts.yml');
    const inventory = await loadInventory(file);
    assert.deepEqual(inventory.sources, [file]);
    assert.equal(host(inventory, 'lb1').place('who').file, file);
  });

  it('reads a #! line of a file that is not executable as a comment', async () => {
    assert.equal((await loadInventory(join(folder, 'comment.yml'))).hosts.size, 6);
  });

  it('refuses a list of hosts instead of a file, and shows the file to write', async () => {
    await assert.rejects(loadInventory('web1,web2,'), {
      what: 'a list of hosts instead of an inventory file is not supported yet',
      next: 'write it to a file:\nall:\n  hosts:\n    web1:\n    web2:',
    });
  });

  it('refuses a device', async () => {
    await assert.rejects(loadInventory('/dev/zero'), { what: /"\/dev\/zero" is a device/ });
  });

  const bad: [name: string, what: RegExp, next?: RegExp][] = [
    ['host.yml', /there is no inventory file ".*host\.yml"/, /did you mean "hosts\.yml"/],
    ['gone/hosts.yml', /there is no inventory file/],
    ['.', /is a folder, but the inventory must be a file/, /name one file.*ansible-inventory -i/],
    ['broken.yml', /not valid YAML/],
    ['hosts.py', /is an executable script/, /ansible-inventory -i .*hosts\.py --list --yaml/],
  ];
  for (const [name, what, next] of bad) {
    it(`refuses ${name}`, async () => {
      const file = join(folder, name);
      await assert.rejects(loadInventory(file), (error) => {
        assert.ok(error instanceof PlayError);
        assert.equal(error.kind, 'input');
        assert.equal(error.where.file, file);
        assert.match(error.what, what);
        if (next !== undefined) assert.match(error.next ?? '', next);
        return true;
      });
    });
  }
});
