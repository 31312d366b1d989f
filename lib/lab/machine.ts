import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { PlayError } from '../util/errors.ts';
import { command } from './command.ts';
import type { Say } from './say.ts';

/** Programs the lab is made with, and the Debian package each comes from. */
const needed = {
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  ip: 'iproute2',
  nsenter: 'util-linux',
  flock: 'util-linux',
  ssh: 'openssh-client',
} as const;

const enoughWatches = 1024;
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** @throws PlayError when hosts can't be run here at all, saying what to do instead. */
export function requireMachine(): void {
  if (process.platform !== 'linux') refuse(`Linux (this is ${process.platform})`);
  if (process.getuid?.() !== 0) refuse('root');
}

function refuse(missing: string): never {
  throw new PlayError({
    kind: 'input',
    what: `the lab boots real hosts in containers, which needs ${missing}`,
    next:
      missing === 'root'
        ? 'run the command with sudo, or point -i at hosts of your own'
        : 'use a Debian 12 machine (a virtual one will do) as root, or point -i at hosts of your own',
  });
}

/** Packages to install, given whether a program is on the PATH and whether Debian's keys are there. */
export function missingPackages(has: (program: string) => boolean, hasKeyring: boolean): string[] {
  const missing = Object.entries(needed).flatMap(([program, name]) => (has(program) ? [] : [name]));
  return [...new Set(hasKeyring ? missing : [...missing, 'debian-archive-keyring'])];
}

/** Installs what the lab is made with, only when something is missing. */
export async function prepareMachine(say: Say): Promise<void> {
  requireMachine();
  const missing = missingPackages(isProgram, existsSync(keyring));
  if (missing.length === 0) return;
  if (!isProgram('apt-get')) {
    throw new PlayError({
      kind: 'input',
      what: `the lab needs ${missing.join(', ')}, and this machine has no apt-get to install them with`,
      next: 'install them in your own way, or use a Debian 12 machine',
    });
  }
  say(`installing ${missing.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const failing = `could not install ${missing.join(', ')}`;
  await command(['apt-get', '--quiet', 'update'], { env, failing });
  await command(['apt-get', '--quiet', '--yes', '--no-install-recommends', 'install', ...missing], {
    env,
    failing,
  });
}

/**
 * Each host's systemd watches some files, and all hosts of a machine share one allowance, which is small by
 * default. It only grows, and only until the machine restarts.
 */
export async function allowManyWatches(): Promise<void> {
  const file = '/proc/sys/fs/inotify/max_user_instances';
  const allowed = Number(await readFile(file, 'utf8'));
  // A machine that doesn't let it grow still has enough for a few hosts.
  if (allowed < enoughWatches) await writeFile(file, `${enoughWatches}\n`).catch(() => {});
}

function isProgram(name: string): boolean {
  // A user's PATH may lack the sbin folders that root's programs lie in.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => folder !== '' && existsSync(join(folder, name)));
}
