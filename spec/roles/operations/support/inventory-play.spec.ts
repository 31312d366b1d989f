import assert from 'node:assert/strict';
import type { InventoryEdit } from '../../../../lib/index.ts';
import { parseInventory } from '../../../../lib/inventory/load.ts';
import { inventoryPlay } from '../../../../roles/operations/support/inventory-play.ts';
import { context } from '../../domain/rabbitmq/nodes.ts';

const text = 'all:\n  hosts:\n    a:\n';
const edit = (patch: string): InventoryEdit => ({
  file: 'hosts.yml',
  text,
  patch,
  inventory: parseInventory(text, 'hosts.yml'),
});

describe('the play that edits the inventory', () => {
  it('writes the file on the controller', () => {
    const { hosts, tasks, roles } = inventoryPlay(edit('-a\n+b\n'), { write: true });
    assert.equal(hosts, 'localhost');
    assert.ok(Array.isArray(tasks));
    assert.deepEqual(
      tasks.map(({ title }) => title),
      [`file ${process.cwd()}/hosts.yml`],
    );
    assert.equal(roles, undefined);
  });

  it('shows the patch instead where nothing is to be written, and nothing where nothing changes', async () => {
    for (const [patch, wanted] of [
      ['-a\n+b\n', ['-a\n+b\n']],
      ['', []],
    ] as const) {
      const { tasks, roles } = inventoryPlay(edit(patch), { write: false });
      assert.equal(tasks, undefined);
      const shown: string[] = [];
      const { context: asked } = context<Readonly<Record<string, unknown>>>(
        [],
        {},
        { report: (report) => void shown.push(report.text) },
      );
      await roles?.[0]?.steps[0]?.(asked);
      assert.deepEqual(shown, wanted);
    }
  });
});
