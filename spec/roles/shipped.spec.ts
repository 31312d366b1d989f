import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { shippedRoles } from '../../roles/index.ts';

const folder = join(process.cwd(), 'roles');

function isRole(value: unknown): value is { readonly definition: { readonly name: string } } {
  return typeof value === 'function' && 'definition' in value;
}

describe('the roles that are shipped', () => {
  it('are those that have a folder', () => {
    const folders = readdirSync(folder).filter(
      (name) => name !== 'support' && existsSync(join(folder, name, 'index.ts')),
    );
    assert.ok(folders.length >= 5, folders.join());
    assert.deepEqual(Object.keys(shippedRoles).sort(), folders.sort());
  });

  for (const [name, exported] of Object.entries(shippedRoles)) {
    it(`export the role that is called ${name}`, () => {
      const called = Object.values(exported).flatMap((value: unknown) =>
        isRole(value) ? [value.definition.name] : [],
      );
      assert.ok(called.includes(name), called.join());
    });
  }
});
