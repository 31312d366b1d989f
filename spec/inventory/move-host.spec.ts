import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadInventory } from '../../lib/inventory/load.ts';
import { moveHost } from '../../lib/inventory/move-host.ts';

describe('moving a host in the inventory', () => {
  let folder: string;
  const file = () => join(folder, 'hosts.yml');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ts-play-move-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function move(text: string, host: string, where: { readonly from: string; readonly to?: string }) {
    writeFileSync(file(), text);
    return moveHost(await loadInventory(file()), host, where);
  }

  const site = `# The site.
all:
  vars:
    port: "5672"   # a string
  children:
    brokers:
      # the cluster
      hosts:
        a: { ansible_host: 192.0.2.1 }   # first
        b:
          ansible_host: 192.0.2.2
      vars: {x: [1, 2]}

    spares:
      hosts:
          # the one in the corner
          c:
            ansible_host: 192.0.2.3   # its address

            rack: two
          d:
`;

  it("moves the host's own lines and leaves all others unchanged", async () => {
    const { text, inventory } = await move(site, 'c', { from: 'spares', to: 'brokers' });
    assert.equal(
      text,
      `# The site.
all:
  vars:
    port: "5672"   # a string
  children:
    brokers:
      # the cluster
      hosts:
        a: { ansible_host: 192.0.2.1 }   # first
        b:
          ansible_host: 192.0.2.2
        # the one in the corner
        c:
          ansible_host: 192.0.2.3   # its address

          rack: two
      vars: {x: [1, 2]}

    spares:
      hosts:
          d:
`,
    );
    assert.deepEqual(inventory.groups.get('brokers'), ['a', 'b', 'c']);
    assert.deepEqual(inventory.groups.get('spares'), ['d']);
    assert.deepEqual(inventory.hosts.get('c')?.vars, {
      port: '5672',
      x: [1, 2],
      ansible_host: '192.0.2.3',
      rack: 'two',
    });
    assert.equal(readFileSync(file(), 'utf8'), site, 'nothing is written yet');
  });

  it('restores the original text when the host is moved back', async () => {
    const { text } = await move(site.replace('          # the one in the corner\n', ''), 'd', {
      from: 'spares',
      to: 'brokers',
    });
    const back = await move(text, 'd', { from: 'brokers', to: 'spares' });
    assert.equal(back.text, site.replace('          # the one in the corner\n', ''));
  });

  it('shows the change as a patch, which is empty when the host is there already', async () => {
    const { patch } = await move(site, 'd', { from: 'spares', to: 'brokers' });
    assert.deepEqual(
      patch.split('\n').filter((line) => /^[+-] /.test(line)),
      ['+        d:', '-          d:'],
    );
    const there = await move(site, 'a', { from: 'spares', to: 'brokers' });
    assert.equal(there.patch, '');
    assert.equal(there.text, site);
  });

  it('removes a host', async () => {
    const { inventory } = await move(site, 'd', { from: 'spares' });
    assert.ok(!inventory.hosts.has('d'));
  });

  it('moves the last host out of a group, and a host into an empty one', async () => {
    for (const empty of ['hosts:', 'hosts: {}']) {
      const text = `all:\n  children:\n    brokers:\n      ${empty}\n    spares:\n      hosts:\n        c:\n          k: 1\n`;
      const { inventory, text: after } = await move(text, 'c', { from: 'spares', to: 'brokers' });
      assert.deepEqual(inventory.groups.get('brokers'), ['c'], after);
      assert.deepEqual(inventory.groups.get('spares'), []);
    }
  });

  it('rewrites hosts that are in one line', async () => {
    const text = 'all: {children: {brokers: {hosts: {a: {k: 1}}}, spares: {hosts: {b: {k: 2}}}}}\n';
    const { inventory } = await move(text, 'b', { from: 'spares', to: 'brokers' });
    assert.deepEqual(inventory.groups.get('brokers'), ['a', 'b']);
    assert.deepEqual(inventory.hosts.get('b')?.vars, { k: 2 });
  });

  it('handles a file without a newline at its end', async () => {
    const text =
      'all:\n  children:\n    spares:\n      hosts:\n        b:\n    brokers:\n      hosts:\n        a:';
    const { inventory, text: after } = await move(text, 'b', { from: 'spares', to: 'brokers' });
    assert.deepEqual(inventory.groups.get('brokers'), ['a', 'b'], after);
  });

  it('refuses a host that has no line of its own', async () => {
    const text =
      'all:\n  children:\n    spares:\n      hosts:\n        s[1:3]:\n    brokers:\n      hosts:\n        a:\n';
    await assert.rejects(
      move(text, 's2', { from: 'spares', to: 'brokers' }),
      /s2 is in neither group spares nor/,
    );
    await assert.rejects(move(text, 'a', { from: 'brokers', to: 'nowhere' }), /no group "nowhere"/);
  });

  it('continues from an edit, with one patch for both', async () => {
    const both =
      'all:\n  children:\n    brokers:\n      hosts:\n        a:\n        b:\n    proxies:\n      hosts:\n        a:\n        p:\n    spares:\n      hosts:\n        s:\n';
    const first = await move(both, 'a', { from: 'proxies' });
    const { text, patch, inventory } = moveHost(first, 'a', { from: 'brokers', to: 'spares' });
    assert.deepEqual(inventory.groups.get('proxies'), ['p']);
    assert.deepEqual(inventory.groups.get('spares'), ['s', 'a']);
    assert.equal(text, both.replace(/ {8}a:\n/g, '').concat('        a:\n'));
    assert.equal(patch.match(/^- {2}/gm)?.length, 2);
    assert.equal(readFileSync(file(), 'utf8'), both);
  });
});
