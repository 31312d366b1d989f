import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Value } from '../inventory/inventory.ts';
import { readYaml } from '../inventory/yaml-file.ts';
import { inputError, type Place } from '../util/errors.ts';
import { didYouMean } from '../util/nearest.ts';

/** What the hosts of a lab have besides what the lab itself needs. */
export interface Profile {
  /** Debian packages that are installed before the first boot. */
  readonly packages: readonly string[];
  /** Debian packages that `apt-get install` can add on a host without a network, with all they depend on. */
  readonly offered: readonly string[];
  /** Absolute paths, shell patterns allowed, that the image must not have, such as keys that each host makes for itself. */
  readonly removed: readonly string[];
  /** Debian source packages whose upstream archives `lab up` puts into the folder of sources. */
  readonly sources: readonly string[];
}

type Part = keyof Profile;

/** Hosts with no more than the lab itself needs. */
export const bare: Profile = { packages: [], offered: [], removed: [], sources: [] };

/** Where `lab up` looks for a new lab's profile, in the current folder. */
export const profileFiles = ['lab.profile.yml', 'inventory/lab.profile.yml'] as const;

const PACKAGE = /^[a-z0-9][a-z0-9+.-]+$/;
const SHAPES: Readonly<Record<Part, { readonly shape: RegExp; readonly what: string }>> = {
  packages: { shape: PACKAGE, what: 'the name of a Debian package' },
  offered: { shape: PACKAGE, what: 'the name of a Debian package' },
  // They stand unquoted in a script, for their patterns.
  removed: { shape: /^(?:\/[\w.*?+-]+)+$/, what: 'an absolute path' },
  sources: { shape: PACKAGE, what: 'the name of a Debian source package' },
};

/**
 * Reads a profile: a YAML file of lists, each of which may be missing.
 * @throws PlayError `input` with the place of what is wrong
 */
export async function readProfile(file: string): Promise<Profile> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw inputError(`can't read the lab's profile ${file}`, { why: cause.message, cause });
  });
  return parseProfile(text, file);
}

/** The same of a text. */
export function parseProfile(text: string, file: string): Profile {
  const yaml = readYaml(text, file);
  const [mistake] = yaml.mistakes;
  if (mistake) throw mistake;
  if (yaml.data === undefined) return bare;
  if (!isMap(yaml.data))
    throw inputError("a lab's profile must be a map of lists", { where: yaml.place, next: partsHelp() });
  const parts = yaml.entries(yaml.data).map(({ key, place, value }) => {
    if (!isPart(key))
      throw inputError(`unknown key "${key}" in a lab's profile`, {
        where: place,
        next: didYouMean(key, Object.keys(SHAPES)) ?? partsHelp(),
      });
    return [key, listOf(key, value, place)] as const;
  });
  return { ...bare, ...Object.fromEntries(parts) };
}

/**
 * A profile of nothing but packages, as `--packages a,b` names them.
 * @throws PlayError `input`
 */
export function packagesOnly(text: string): Profile {
  const packages = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (packages.length === 0)
    throw inputError('--packages names no package', { next: '--packages nginx,curl, or --bare for none' });
  for (const name of packages) check('packages', name, { file: '--packages' });
  return { ...bare, packages };
}

/** The profile that a folder has, if any, and the file's path as seen from there. @throws PlayError `input` */
export async function profileIn(
  folder: string,
): Promise<{ readonly file: string; readonly profile: Profile } | undefined> {
  const file = profileFiles.find((name) => existsSync(join(folder, name)));
  return file === undefined ? undefined : { file, profile: await readProfile(join(folder, file)) };
}

function listOf(part: Part, value: Value, place: Place): readonly string[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw inputError(`"${part}" must be a list`, { where: place });
  return value.map((item) => {
    if (typeof item !== 'string') throw notA(part, item, place);
    return check(part, item, place);
  });
}

function check(part: Part, text: string, where: Place): string {
  if (!SHAPES[part].shape.test(text)) throw notA(part, text, where);
  return text;
}

function notA(part: Part, value: unknown, where: Place) {
  return inputError(`${JSON.stringify(value)} in "${part}" is not ${SHAPES[part].what}`, { where });
}

function isPart(key: string): key is Part {
  return Object.hasOwn(SHAPES, key);
}

function isMap(value: Value): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function partsHelp(): string {
  return `its keys are ${Object.keys(SHAPES).join(', ')}`;
}
