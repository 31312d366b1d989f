import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation, Role, VarsSchema } from '../../lib/index.ts';
import { shippedModules } from '../../roles/index.ts';
import { tableIn, unpadded, varsTable } from '../support/vars-table.ts';

describe('the README of what is shipped', () => {
  for (const [specifier, exported] of Object.entries(shippedModules)) {
    const readme = readFileSync(join(process.cwd(), folderOf(specifier), 'README.md'), 'utf8');
    const tables = tablesOf(exported);

    it(`of ${specifier} has a table`, () => assert.ok(tables.length > 0));

    for (const { name, mark, table } of tables) {
      it(`lists what ${name} takes, as its schema has it`, () => {
        const found = tableIn(readme, mark);
        assert.equal(found && unpadded(found), unpadded(table), `the table should be:\n${table}\n`);
      });
    }
  }
});

describe('the table of variables', () => {
  const table = varsTable({
    type: 'object',
    additionalProperties: false,
    required: ['x_password'],
    properties: {
      x_password: { type: 'string', format: 'secret', description: 'A secret.' },
      x_mode: { type: 'string', enum: ['a', 'b'], default: 'a', description: 'This | that.' },
      x_names: { type: 'array', items: { type: 'string' }, default: [], description: 'Names.' },
      x_count: { type: 'integer', description: 'How many.' },
    },
  });

  it('tells types, defaults and what is required', () => {
    assert.equal(
      unpadded(table),
      `| variable | type | default | meaning |
| --- | --- | --- | --- |
| \`x_password\` | secret | required | A secret. |
| \`x_mode\` | \`a\`, \`b\` | \`a\` | This \\| that. |
| \`x_names\` | array of string | \`[]\` | Names. |
| \`x_count\` | integer | | How many. |`,
    );
  });

  it('is found between its marks', () => {
    assert.equal(tableIn(`x\n<!-- vars -->\n${table}\n<!-- /vars -->\ny`), table);
    assert.equal(tableIn(`<!-- vars -->\n${table}`), undefined);
    assert.equal(tableIn('nothing'), undefined);
  });
});

/** `roles/NAME`, `roles/operations/NAME` or `roles/proof`. */
function folderOf(specifier: string): string {
  const path = specifier.replace('ts-play/', '');
  return path.startsWith('roles/') ? path : join('roles', path);
}

/** The tables that a module's README has to hold: one for each operation, or that of its roles, which share variables. */
function tablesOf(exported: object) {
  const values: readonly unknown[] = Object.values(exported);
  const operations = values.filter(isOperation).map(({ params, definition: { name } }) => ({
    name,
    mark: `vars ${name}`,
    table: varsTable(params, 'parameter'),
  }));
  const roles = values.filter(isRole).map(({ definition: { name, vars } }) => ({
    name,
    mark: 'vars',
    table: varsTable(vars),
  }));
  return operations.length > 0 ? operations : roles.slice(0, 1);
}

function isOperation(value: unknown): value is Operation<VarsSchema> {
  return typeof value === 'function' && 'params' in value;
}

function isRole(value: unknown): value is Role<VarsSchema> {
  return typeof value === 'function' && 'definition' in value && !('params' in value);
}
