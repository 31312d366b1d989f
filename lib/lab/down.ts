import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { endCgroup, labCgroup, removeCgroup } from './cgroup.ts';
import { killHost } from './host.ts';
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
    const group = await labCgroup(lab);
    await endCgroup(group);
    await removeCgroup(group);
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
