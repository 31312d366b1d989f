import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VarsSchema } from '../../lib/index.ts';
import { tableIn, unpadded, varsTable } from '../support/vars-table.ts';

const folder = join(process.cwd(), 'roles');
const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'index.ts')));

describe("a role's README", () => {
  it('is looked for in every role', () => {
    assert.ok(names.length >= 5, names.join());
  });

  for (const name of names) {
    it(`lists the variables of ${name} as its schema has them`, async () => {
      const readme = readFileSync(join(folder, name, 'README.md'), 'utf8');
      const wanted = varsTable(await schemaOf(name));
      const found = tableIn(readme);
      assert.equal(found && unpadded(found), unpadded(wanted), `the table should be:\n${wanted}\n`);
    });
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

async function schemaOf(role: string): Promise<VarsSchema> {
  const module: Record<string, unknown> = await import(`../../roles/${role}/index.ts`);
  const found = Object.values(module).find((value) => typeof value === 'function' && 'definition' in value);
  assert.ok(found, `roles/${role}/index.ts exports no role`);
  return (found as unknown as { readonly definition: { readonly vars: VarsSchema } }).definition.vars;
}
