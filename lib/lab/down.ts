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
 * Stops a lab in any state and deletes its disks, also after an incomplete `up`. It looks at the lab's files and not at
 * its description, which may be missing. Returns false when there was no lab.
 */
export async function labDown(name: string): Promise<boolean> {
  requireMachine();
  const lab = labPaths(name);
  const existed = existsSync(lab.state) || existsSync(lab.run);
  await withLock(lab.lock, 300, async () => {
    const hosts = await readdir(lab.hostsFolder).catch(() => []);
    // The hosts need no clean shutdown, because their disks are deleted too.
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
