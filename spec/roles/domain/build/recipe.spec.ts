import assert from 'node:assert/strict';
import { currentOf, fingerprint, folderName } from '../../../../roles/domain/build/recipe.ts';
import { bookworm, toolRecipe } from './recipes.ts';

describe('the fingerprint of a build', () => {
  const print = fingerprint(toolRecipe(), bookworm);

  it('is twelve hex digits and stays the same', () => {
    assert.match(print, /^[0-9a-f]{12}$/);
    assert.equal(fingerprint(toolRecipe(), { ...bookworm }), print);
  });

  for (const [what, recipe] of Object.entries({
    version: toolRecipe({ version: '1.1' }),
    name: toolRecipe({ name: 'other' }),
    source: toolRecipe({ sha256: 'b'.repeat(64) }),
    flags: toolRecipe({ flags: ['TLS=1', 'ZIP=1'] }),
    'the order of flags': toolRecipe({ flags: ['ZIP=1', 'TLS=1'] }),
    root: toolRecipe({ root: '/opt' }),
  })) {
    it(`differs with ${what}`, () => assert.notEqual(fingerprint(recipe, bookworm), print));
  }

  it('differs with the platform', () => {
    for (const changed of [
      { id: 'ubuntu' },
      { version: '13' },
      { arch: 'aarch64' },
      { libc: 'glibc-2.41' },
    ]) {
      assert.notEqual(fingerprint(toolRecipe(), { ...bookworm, ...changed }), print);
    }
  });

  it('does not differ with where the source lies', () => {
    assert.equal(fingerprint(toolRecipe({ source: { url: 'https://192.0.2.1/t.tar.gz' } }), bookworm), print);
  });

  it('names the folder beside the link to the version in use', () => {
    assert.equal(folderName(toolRecipe(), '0123456789ab'), '1.0-0123456789ab');
    assert.equal(currentOf(toolRecipe()), '/usr/app/tool/current');
  });
});
