import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadInventory, parseInventory } from '../../lib/inventory/load.ts';
import { refuseVarsFolders } from '../../lib/inventory/vars-folders.ts';
import { PlayError } from '../../lib/util/errors.ts';

const text = 'all: { children: { web: { hosts: { web1.example: } } } }';
const inventory = parseInventory(text, 'hosts.yml');

describe('group_vars and host_vars', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vars-folders-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function write(name: string, content = 'x: 1\n'): Promise<void> {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }

  async function refusal(): Promise<PlayError> {
    try {
      await refuseVarsFolders(inventory, folder);
    } catch (error) {
      assert.ok(error instanceof PlayError);
      assert.equal(error.kind, 'input');
      return error;
    }
    throw new Error('it was ignored');
  }

  for (const name of [
    'group_vars/web',
    'group_vars/web.yml',
    'group_vars/web.yaml',
    'group_vars/web.json',
    'group_vars/web/one.yml',
    'group_vars/web/deep/two',
    'group_vars/ungrouped.yml',
    'host_vars/web1.example',
    'host_vars/web1.example.yml',
    'host_vars/web1.example/vault.yml',
  ]) {
    it(`are refused when ${name} exists`, async () => {
      await write(name);
      const { what, where, next } = await refusal();
      assert.match(
        what,
        /^(group|host)_vars is not supported yet: the (group|host) \S+ would lack the variables in/,
      );
      assert.equal(where.file, join(folder, name));
      assert.match(next ?? '', /^move them into the inventory, under/);
    });
  }

  it('are refused with all the files that apply, and the -e option for the group all', async () => {
    await write('group_vars/all.yml');
    await write('host_vars/web1.example.yml');
    const { what, why, next } = await refusal();
    assert.match(what, /the group all would lack/);
    assert.equal(why, `these files would be ignored too:\n${join(folder, 'host_vars/web1.example.yml')}`);
    assert.match(next ?? '', /-e @.*group_vars\/all\.yml$/);
  });

  for (const [name, content] of [
    ['group_vars/db.yml', 'x: 1'],
    ['host_vars/web1.yml', 'x: 1'],
    ['group_vars/web.yml.bak', 'x: 1'],
    ['group_vars/web.yml~', 'x: 1'],
    ['group_vars/.web.yml.swp', 'x: 1'],
    ['group_vars/web.yml', '---\n# nothing yet\n\n...\n'],
    ['group_vars/web/empty.yml', '{}\n'],
    ['vars/web.yml', 'x: 1'],
  ] as const) {
    it(`are ignored when only ${name} exists, with ${JSON.stringify(content)}`, async () => {
      await write(name, content);
      await refuseVarsFolders(inventory, folder);
    });
  }

  it('are looked for in the folder of a loaded inventory', async () => {
    await write('hosts.yml', text);
    await loadInventory(join(folder, 'hosts.yml'));
    await write('group_vars/web.yml');
    await assert.rejects(loadInventory(join(folder, 'hosts.yml')), /group_vars is not supported yet/);
  });
});
