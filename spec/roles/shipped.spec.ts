import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { shippedModules } from '../../roles/index.ts';

const root = process.cwd();

/** Folders with an `index.ts`. */
function folders(under: string): readonly string[] {
  return readdirSync(join(root, under)).filter((name) => existsSync(join(root, under, name, 'index.ts')));
}

function isNamed(value: unknown): value is { readonly definition: { readonly name: string } } {
  return typeof value === 'function' && 'definition' in value;
}

describe('what is shipped beside the library', () => {
  const roles = folders('roles').filter((name) => name !== 'proof');
  const operations = folders('roles/operations');

  it('is every role and every operation that has a folder, and the proof', () => {
    assert.ok(roles.length >= 5 && operations.length >= 5);
    const wanted = [
      ...roles.map((name) => `ts-play/roles/${name}`),
      ...operations.map((name) => `ts-play/operations/${name}`),
      'ts-play/proof',
    ];
    assert.deepEqual(Object.keys(shippedModules).sort(), wanted.sort());
  });

  for (const [specifier, exported] of Object.entries(shippedModules)) {
    if (specifier === 'ts-play/proof') continue;
    const name = specifier.split('/').at(-1) ?? '';
    it(`exports ${name} from ${specifier}`, () => {
      const named = Object.values(exported).filter(isNamed);
      const found = named.find(({ definition }) => definition.name === name);
      assert.ok(found, named.map(({ definition }) => definition.name).join());
      assert.equal('params' in found, specifier.includes('/operations/'));
    });
  }
});
