import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inputError } from '../util/errors.ts';
import { attempt } from './command.ts';
import type { LabPaths } from './paths.ts';
import { until } from './process.ts';

/** The mount point of the unified hierarchy, from the text of /proc/mounts; `undefined` when it is not mounted. */
export function parseHierarchy(mounts: string): string | undefined {
  return mounts
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, , type]) => type === 'cgroup2')?.[1];
}

/**
 * The control group of a lab. Each host has a control group of its own below it. Otherwise the systemds of the hosts
 * would share one, and the lab could not end all processes of a host at once.
 * @throws PlayError on a machine without the unified hierarchy.
 */
export async function labCgroup(lab: LabPaths): Promise<string> {
  const hierarchy = parseHierarchy(await readFile('/proc/mounts', 'utf8'));
  if (hierarchy !== undefined) return join(hierarchy, `ts-play-lab-${lab.name}`);
  throw inputError('the lab needs control groups v2, but this machine has not mounted them', {
    next: 'use a machine that boots with systemd, for example Debian 12',
  });
}

/** Sends SIGKILL to all processes in the group and below, and waits until they have ended. */
export async function endCgroup(group: string): Promise<void> {
  if (!existsSync(group)) return;
  // The host's supervisor may remove the group at the same time.
  await writeFile(join(group, 'cgroup.kill'), '1').catch(() => {});
  const events = () => readFile(join(group, 'cgroup.events'), 'utf8').catch(() => 'populated 0');
  const isEmpty = async () => (await events()).includes('populated 0');
  await until(isEmpty, 20, `the end of all processes in ${group}`);
}

/** Removes the group and all groups below it; nothing may run in them. */
export async function removeCgroup(group: string): Promise<void> {
  // The files of a control group can't be removed; it is enough to remove the folders.
  const remove = ['find', group, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';'];
  const isGone = async () => !existsSync(group) || ((await attempt(remove)).code === 0 && !existsSync(group));
  // A group is busy for a moment after its last process has ended.
  await until(isGone, 10, `the removal of ${group}`);
}
