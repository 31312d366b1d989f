import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quote } from '../util/sh.ts';
import { command } from './command.ts';
import { allDescriptions } from './description.ts';
import { withLock } from './lock.ts';
import { aptSources, machineAptOptions, machineMirror } from './mirror.ts';
import { imagesFolder } from './paths.ts';
import type { Profile } from './profile.ts';
import { imageRecipe, type Recipe, type Release, recipeKey } from './recipe.ts';
import { removeTree } from './remove-tree.ts';
import type { Say } from './say.ts';

/** Ends the name of the file that says when an image was last used. */
const USED = '.used';
/** How long an image is kept for the next lab of its profile. */
const KEEP_DAYS = 30;

/** The folder of the image of a release's hosts with this profile. The image is built when it is missing. */
export async function ensureImage(release: Release, profile: Profile, say: Say): Promise<string> {
  const recipe = imageRecipe(release, profile);
  const folder = join(imagesFolder, `${release}-${recipeKey(recipe)}`);
  await markUsed(folder);
  if (existsSync(folder)) return folder;
  return withLock(join(imagesFolder, `${release}.lock`), 1200, async () => {
    // Another lab may have built it while this one waited.
    if (existsSync(folder)) return folder;
    await removeHalfBuilt(release);
    const started = Date.now();
    say(`image ${release}: building, once (a minute or two)`);
    await build(recipe, folder);
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

/** Removes images of the release that no lab stands on and that no new lab has used for a while. */
async function removeUnused(release: Release, current: string): Promise<void> {
  const standing = new Set((await allDescriptions()).map(({ image }) => image));
  for (const name of await readdir(imagesFolder)) {
    const folder = join(imagesFolder, name);
    const isImage = name.startsWith(`${release}-`) && !name.endsWith(USED) && folder !== current;
    if (!isImage || standing.has(folder) || (await isUsed(folder))) continue;
    await removeTree(folder);
    await rm(`${folder}${USED}`, { force: true });
  }
}

/** The time of a file beside the image says when a new lab has last used it. */
async function markUsed(folder: string): Promise<void> {
  await mkdir(imagesFolder, { recursive: true });
  await writeFile(`${folder}${USED}`, '');
}

async function isUsed(folder: string): Promise<boolean> {
  const stamp = await stat(`${folder}${USED}`).catch(() => undefined);
  return stamp !== undefined && Date.now() - stamp.mtimeMs < KEEP_DAYS * 24 * 3600 * 1000;
}

/** What an interrupted build left behind; only called under the lock, so nobody is building it. */
async function removeHalfBuilt(release: Release): Promise<void> {
  const names = existsSync(imagesFolder) ? await readdir(imagesFolder) : [];
  for (const name of names) {
    if (!name.startsWith(`${release}-`) || !/\.partial(\.sh)?$/.test(name)) continue;
    await removeTree(join(imagesFolder, name));
  }
}
