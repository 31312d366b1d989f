import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bare, type Profile, readProfile } from '../../lib/lab/profile.ts';
import { imageRecipe, recipeKey } from '../../lib/lab/recipe.ts';
import { packageRoot } from '../../lib/util/package.ts';

describe('lab recipe', () => {
  let flagship: Profile = bare;
  before(async () => {
    flagship = await readProfile(join(packageRoot, 'inventory/lab.profile.yml'));
  });

  it('has a key that stays while it stays', () => {
    assert.equal(recipeKey(imageRecipe('bookworm', flagship)), recipeKey(imageRecipe('bookworm', flagship)));
    assert.match(recipeKey(imageRecipe('bookworm', flagship)), /^[0-9a-f]{12}$/);
  });

  it('has another key when anything about it changes', () => {
    const recipe = imageRecipe('bookworm', flagship);
    const keys = [
      recipe,
      imageRecipe('trixie', flagship),
      imageRecipe('bookworm', bare),
      imageRecipe('bookworm', { ...bare, offered: ['jq'] }),
      imageRecipe('bookworm', { ...bare, removed: ['/etc/x'] }),
      { ...recipe, packages: [...recipe.packages, 'nano'] },
      { ...recipe, finish: `${recipe.finish}\n` },
    ].map(recipeKey);
    assert.equal(new Set(keys).size, keys.length);
  });

  it('has the same key whatever sources a profile has, since they are not in the image', () => {
    const keys = [bare, { ...bare, sources: ['nginx'] }].map((profile) =>
      recipeKey(imageRecipe('bookworm', profile)),
    );
    assert.equal(new Set(keys).size, 1);
  });

  it('installs no build tools: roles have to', () => {
    for (const name of ['gcc', 'make', 'libssl-dev']) {
      assert.ok(!imageRecipe('bookworm', flagship).packages.includes(name), name);
    }
  });

  it('installs what every host needs, and what the profile says', () => {
    const { packages, finish } = imageRecipe('bookworm', bare);
    assert.ok(packages.includes('openssh-server'));
    assert.ok(!packages.includes('curl'));
    assert.doesNotMatch(finish, /rabbit|download/);
    assert.deepEqual(
      imageRecipe('bookworm', flagship).packages.filter((name) => !packages.includes(name)),
      ['less', 'curl', 'rabbitmq-server', 'python3'],
    );
  });

  it('offers packages that are not installed with all they depend on, and installed ones by themselves', () => {
    const { finish } = imageRecipe('bookworm', { ...bare, packages: ['a1'], offered: ['a1', 'b1', 'c1'] });
    assert.match(finish, /^apt-get --quiet --yes --download-only install b1 c1$/m);
    assert.match(finish, /apt-get --quiet download a1\)$/m);
  });

  it('ends with a script that sh can read', () => {
    for (const profile of [flagship, bare]) {
      const { status, stderr } = spawnSync('sh', ['-n'], { input: imageRecipe('trixie', profile).finish });
      assert.equal(status, 0, stderr.toString());
    }
  });
});
