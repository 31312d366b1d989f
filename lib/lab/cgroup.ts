import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inputError } from '../util/errors.ts';
import { attempt } from './command.ts';
import type { LabPaths } from './paths.ts';
import { until } from './process.ts';

/** Where the unified hierarchy is mounted, from /proc/mounts; undefined when it isn't. */
export function parseHierarchy(mounts: string): string | undefined {
  return mounts
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, , type]) => type === 'cgroup2')?.[1];
}

/**
 * The control group of a lab, all of its hosts' under it. Each host has one of its own: hosts' systemds would
 * otherwise share theirs, and whatever runs in it can be ended at once, known by pid or not.
 * @throws PlayError on a machine without the unified hierarchy.
 */
export async function labCgroup(lab: LabPaths): Promise<string> {
  const hierarchy = parseHierarchy(await readFile('/proc/mounts', 'utf8'));
  if (hierarchy !== undefined) return join(hierarchy, `ts-play-lab-${lab.name}`);
  throw inputError('the lab needs control groups v2, which this machine has not mounted', {
    next: 'use a machine that boots with systemd, such as Debian 12',
  });
}

/** SIGKILLs everything in the group and below, and waits until nothing runs there. */
export async function endCgroup(group: string): Promise<void> {
  if (!existsSync(group)) return;
  // A host's own supervisor may be removing the group at the same moment.
  await writeFile(join(group, 'cgroup.kill'), '1').catch(() => {});
  const events = () => readFile(join(group, 'cgroup.events'), 'utf8').catch(() => 'populated 0');
  const isEmpty = async () => (await events()).includes('populated 0');
  await until(isEmpty, 20, `the end of all in ${group}`);
}

/** Removes the group and those below it, once nothing runs there. */
export async function removeCgroup(group: string): Promise<void> {
  // The files in there can't be removed and needn't be: only folders count.
  const remove = ['find', group, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';'];
  const isGone = async () => !existsSync(group) || ((await attempt(remove)).code === 0 && !existsSync(group));
  // A group is busy for a moment after its last process has ended.
  await until(isGone, 10, `the removal of ${group}`);
}
