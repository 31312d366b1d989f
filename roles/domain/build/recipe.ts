import { createHash } from 'node:crypto';
import type { Script } from '../../../lib/index.ts';
import type { Needs } from './packages.ts';
import { type Platform, platformLabel } from './platform.ts';
import type { Source } from './source.ts';

/** How a program is made from its source. */
export interface Recipe {
  /** Also the name of its folder under the root. */
  readonly name: string;
  readonly version: string;
  /** Versioned folders go to `ROOT/NAME/`. */
  readonly root: string;
  readonly source: Source;
  /** Hex, of the source; always checked. */
  readonly sha256: string;
  /** Whatever makes builds of one version differ. */
  readonly flags: readonly string[];
  readonly needs: (platform: Platform) => Needs;
  /**
   * Configures, compiles and installs for the prefix `folder` into `"$DESTDIR"`, in the unpacked source, with
   * `set -eu` and `"$jobs"` to compile at once.
   */
  readonly script: (folder: string) => Script;
  /** The program to strip and to try before it is put in place, within the folder. */
  readonly program: string;
}

/** Raised when builds made before are no longer what a recipe would make. */
const REVISION = 1;

/** Twelve hex digits that are equal exactly where one build can serve: the same thing for the same place and platform. */
export function fingerprint(recipe: Recipe, platform: Platform): string {
  const { name, version, root, sha256, flags } = recipe;
  const text = JSON.stringify([REVISION, name, version, sha256, flags, root, platformLabel(platform)]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** The folder of all versions. */
export function homeOf({ root, name }: Pick<Recipe, 'root' | 'name'>): string {
  return `${root}/${name}`;
}

/** The link to the version in use. */
export function currentOf(recipe: Pick<Recipe, 'root' | 'name'>): string {
  return `${homeOf(recipe)}/current`;
}

/** The name of one build's folder, beside `current`. */
export function folderName({ version }: Pick<Recipe, 'version'>, print: string): string {
  return `${version}-${print}`;
}

/** In a build's folder, written last: proves that the folder is whole, and says which build it is. */
export const STAMP = '.ts-play-build';

/** Where a host keeps what it has built. */
export function artifactPath(print: string): string {
  return `/var/cache/ts-play/builds/${print}.tar.gz`;
}
