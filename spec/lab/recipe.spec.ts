import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { imageRecipe, recipeKey } from '../../lib/lab/recipe.ts';

describe('lab recipe', () => {
  it('has a key that stays while it stays', () => {
    assert.equal(recipeKey(imageRecipe('bookworm')), recipeKey(imageRecipe('bookworm')));
    assert.match(recipeKey(imageRecipe('bookworm')), /^[0-9a-f]{12}$/);
  });

  it('has another key when anything about it changes', () => {
    const recipe = imageRecipe('bookworm');
    const keys = [
      recipe,
      imageRecipe('trixie'),
      { ...recipe, packages: [...recipe.packages, 'nano'] },
      { ...recipe, finish: `${recipe.finish}\n` },
    ].map(recipeKey);
    assert.equal(new Set(keys).size, keys.length);
  });

  it('installs no build tools: roles have to', () => {
    for (const name of ['gcc', 'make', 'libssl-dev']) {
      assert.ok(!imageRecipe('bookworm').packages.includes(name), name);
    }
  });

  it('ends with a script that sh can read', () => {
    const { status, stderr } = spawnSync('sh', ['-n'], { input: imageRecipe('trixie').finish });
    assert.equal(status, 0, stderr.toString());
  });
});
