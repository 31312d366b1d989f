import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quote } from '../util/sh.ts';
import { command } from './command.ts';
import { allDescriptions } from './description.ts';
import { withLock } from './lock.ts';
import { aptSources, machineAptOptions, machineMirror } from './mirror.ts';
import { imagesFolder } from './paths.ts';
import { imageRecipe, type Recipe, type Release, recipeKey } from './recipe.ts';
import { removeTree } from './remove-tree.ts';
import type { Say } from './say.ts';

/** Where the image of a release lies once it is built. */
export function imageFolder(release: Release): string {
  return join(imagesFolder, `${release}-${recipeKey(imageRecipe(release))}`);
}

/** The image's folder, built when it isn't there yet. */
export async function ensureImage(release: Release, say: Say): Promise<string> {
  const folder = imageFolder(release);
  if (existsSync(folder)) return folder;
  return withLock(join(imagesFolder, `${release}.lock`), 1200, async () => {
    // Another lab may have built it while this one waited.
    if (existsSync(folder)) return folder;
    await removeHalfBuilt(release);
    const started = Date.now();
    say(`image ${release}: building, once (a minute or two)`);
    await build(imageRecipe(release), folder);
    await removeUnused(release, folder);
    say(`image ${release}: built in ${Math.round((Date.now() - started) / 1000)} s`);
    return folder;
  });
}

async function build(recipe: Recipe, folder: string): Promise<void> {
  const partial = `${folder}.partial`;
  const script = `${folder}.partial.sh`;
  await mkdir(imagesFolder, { recursive: true });
  await writeFile(script, recipe.finish);
  const [mirror, aptOptions] = await Promise.all([machineMirror(), machineAptOptions()]);
  await command(
    [
      'mmdebstrap',
      '--quiet',
      '--mode=root',
      '--variant=minbase',
      `--include=${recipe.packages.join(',')}`,
      // The lists of the host's own repository stay, so that it can install without asking first.
      '--skip=cleanup/apt/lists',
      ...aptOptions.map((option) => `--aptopt=${option}`),
      `--customize-hook=chroot "$1" sh -eu < ${quote(script)}`,
      recipe.release,
      partial,
      ...aptSources(mirror, recipe.release),
    ],
    { failing: `could not build the ${recipe.release} image` },
  );
  await rm(script);
  await rename(partial, folder);
}

/** Images of earlier recipes that no lab stands on. */
async function removeUnused(release: Release, current: string): Promise<void> {
  const used = new Set((await allDescriptions()).map(({ image }) => image));
  for (const name of await readdir(imagesFolder)) {
    const folder = join(imagesFolder, name);
    const isImage = name.startsWith(`${release}-`) && folder !== current;
    if (isImage && !used.has(folder)) await removeTree(folder);
  }
}

/** What an interrupted build left behind; only called under the lock, so nobody is building it. */
async function removeHalfBuilt(release: Release): Promise<void> {
  const names = existsSync(imagesFolder) ? await readdir(imagesFolder) : [];
  for (const name of names) {
    if (!name.startsWith(`${release}-`) || !/\.partial(\.sh)?$/.test(name)) continue;
    await removeTree(join(imagesFolder, name));
  }
}
