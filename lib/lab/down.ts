import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { attempt } from './command.ts';
import { killHost, labCgroup } from './host.ts';
import { withLock } from './lock.ts';
import { requireMachine } from './machine.ts';
import { removeLabNetwork } from './network.ts';
import { type LabPaths, labPaths } from './paths.ts';
import { isRunning, killNow, readRecord, until } from './process.ts';
import { removeTree } from './remove-tree.ts';

/**
 * Ends a lab and throws its disks away, whatever state it is in, also one that died half-way. Goes by what
 * lies on disk and not by the lab's description, which may be missing. Gives false when there was nothing.
 */
export async function labDown(name: string): Promise<boolean> {
  requireMachine();
  const lab = labPaths(name);
  const existed = existsSync(lab.state) || existsSync(lab.run);
  await withLock(lab.lock, 300, async () => {
    const hosts = await readdir(lab.hostsFolder).catch(() => []);
    // Nothing in them is worth an orderly shutdown: their disks go too.
    await Promise.all(hosts.map((host) => killHost(lab, host)));
    await endRelay(lab);
    await removeLabNetwork(lab);
    await removeCgroups(lab);
    for (const folder of [lab.state, lab.run]) await removeTree(folder);
  });
  await rm(lab.lock, { force: true });
  return existed;
}

async function endRelay(lab: LabPaths): Promise<void> {
  const record = await readRecord(lab.relayPid);
  if (record === undefined || !(await isRunning(record, lab.relaySocket))) return;
  killNow(record.pid);
  await until(async () => !(await isRunning(record, lab.relaySocket)), 10, 'the end of the relay');
}

/** Control groups last longer than what ran in them. */
async function removeCgroups(lab: LabPaths): Promise<void> {
  const mounts = await readFile('/proc/mounts', 'utf8');
  const hierarchy = mounts
    .split('\n')
    .find((line) => line.split(' ')[2] === 'cgroup2')
    ?.split(' ')[1];
  if (hierarchy === undefined) return;
  const folder = join(hierarchy, labCgroup(lab));
  if (!existsSync(folder)) return;
  // Files in there can't be removed and needn't be: only folders count.
  const remove = ['find', folder, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';'];
  // A group is busy for a moment after its last process has gone.
  await until(
    async () => (await attempt(remove)).code === 0 || !existsSync(folder),
    10,
    'the end of the control groups',
  );
}
