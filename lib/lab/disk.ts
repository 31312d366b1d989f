import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { knownHostsLine, newKey } from './keys.ts';
import { hostsFile } from './names.ts';
import type { LabPaths } from './paths.ts';

/** One file of a host that differs from the image. */
interface Laid {
  readonly path: string;
  readonly content: string;
  readonly mode?: number;
}

/** Creates a new host's disk: the files that identify it, in a layer over the image. An existing disk is kept. */
export async function ensureDisk(
  lab: LabPaths,
  host: string,
  image: string,
  hosts: number,
  loginKey: string,
): Promise<void> {
  const paths = lab.host(host);
  if (existsSync(paths.hostKey)) return;
  for (const folder of [paths.upper, paths.work, paths.root]) await mkdir(folder, { recursive: true });
  const key = newKey(`root@${host}`);
  const files: Laid[] = [
    { path: 'etc/hostname', content: `${host}\n` },
    { path: 'etc/machine-id', content: `${randomBytes(16).toString('hex')}\n`, mode: 0o444 },
    { path: 'etc/hosts', content: hostsFile(hosts) },
    { path: 'etc/ssh/ssh_host_ed25519_key', content: key.private, mode: 0o600 },
    { path: 'etc/ssh/ssh_host_ed25519_key.pub', content: `${key.public}\n` },
  ];
  for (const home of ['root', 'home/ops', 'home/plain']) {
    files.push({ path: `${home}/.ssh/authorized_keys`, content: `${loginKey}\n`, mode: 0o600 });
  }
  for (const file of files) await lay(image, paths.upper, file);
  // Written last, so that an incomplete disk is created again.
  await writeFile(paths.hostKey, `${key.public}\n`);
}

/** Writes the lab's known_hosts, with the keys that the hosts were created with. */
export async function writeKnownHosts(lab: LabPaths, hosts: readonly string[]): Promise<void> {
  const lines = hosts.map(async (host) =>
    knownHostsLine(host, await readFile(lab.host(host).hostKey, 'utf8')),
  );
  await writeFile(lab.knownHosts, `${(await Promise.all(lines)).join('\n')}\n`);
}

/** Writes one file to the upper layer; its folders get the owner and mode that they have in the image. */
async function lay(image: string, upper: string, file: Laid): Promise<void> {
  const owner = await layFolder(image, upper, dirname(file.path));
  const path = join(upper, file.path);
  await writeFile(path, file.content);
  await chmod(path, file.mode ?? 0o644);
  await chown(path, owner.uid, owner.gid);
}

async function layFolder(
  image: string,
  upper: string,
  folder: string,
): Promise<{ uid: number; gid: number }> {
  if (folder === '.') return { uid: 0, gid: 0 };
  const parent = await layFolder(image, upper, dirname(folder));
  const inImage = await stat(join(image, folder)).catch(() => undefined);
  const { uid, gid, mode } = inImage ?? { ...parent, mode: 0o700 };
  const path = join(upper, folder);
  await mkdir(path, { recursive: true });
  await chmod(path, mode & 0o7777);
  await chown(path, uid, gid);
  return { uid, gid };
}
