import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { notUp } from './endpoint.ts';
import { requireMachine } from './machine.ts';
import { hostNames } from './names.ts';
import { type LabPaths, labPaths, labsFolder } from './paths.ts';
import type { Profile } from './profile.ts';
import type { Release } from './recipe.ts';

/** The content of a lab's lab.json. */
export interface Description {
  readonly release: Release;
  /** The image of its hosts; it stays the same when the recipe changes. */
  readonly image: string;
  /** What its hosts have installed. Missing in labs of versions that knew no profiles. */
  readonly profile?: Profile;
  /** How many hosts it has. */
  readonly hosts: number;
}

/** The lab's description; `undefined` when the lab does not exist. */
export async function readDescription(lab: LabPaths): Promise<Description | undefined> {
  const text = await readFile(lab.description, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

/** The descriptions of all labs on this machine. */
export async function allDescriptions(): Promise<Description[]> {
  const names = await readdir(labsFolder).catch(() => []);
  const found = await Promise.all(names.map((name) => readDescription(labPaths(name))));
  return found.filter((description) => description !== undefined);
}

export async function writeDescription(lab: LabPaths, description: Description): Promise<void> {
  await writeFile(`${lab.description}.new`, `${JSON.stringify(description, undefined, 2)}\n`);
  await rename(`${lab.description}.new`, lab.description);
}

/** A lab that exists. */
export interface Lab extends Description {
  readonly paths: LabPaths;
  readonly names: readonly string[];
}

/** @throws PlayError when no such lab is up. */
export async function existingLab(name: string): Promise<Lab> {
  requireMachine();
  const paths = labPaths(name);
  const description = await readDescription(paths);
  if (description === undefined) throw notUp(name, 'input');
  return { ...description, paths, names: hostNames(description.hosts) };
}
