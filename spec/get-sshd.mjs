import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Sees to it that the specs have a real sshd: this machine's, or one of Debian's package, which is unpacked into the clone
 * and named as `TS_PLAY_SSHD`, for to install it would start a service. Where neither can be had the specs say so.
 */
export function getSshd(root) {
  if (existsSync('/usr/sbin/sshd') || process.platform !== 'linux' || process.getuid?.() !== 0) return;
  if (!existsSync('/usr/bin/apt-get')) return;
  const folder = join(root, 'node_modules', '.cache', 'ts-play-sshd');
  const program = join(folder, 'usr/sbin/sshd');
  if (!existsSync(program)) {
    console.log("ts-play: getting OpenSSH's server for the specs …");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    run(folder, 'apt-get', '--quiet', 'update');
    run(folder, 'apt-get', '--quiet', 'download', 'openssh-server', 'libwrap0');
    const packages = readdirSync(folder).filter((name) => name.endsWith('.deb'));
    for (const name of packages) run(folder, 'dpkg-deb', '--extract', name, '.');
  }
  if (!existsSync(program)) return;
  const users = readFileSync('/etc/passwd', 'utf8').trimEnd();
  const own = 'sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin';
  writeFileSync(join(folder, 'passwd'), `${/^sshd:/m.test(users) ? users : `${users}\n${own}`}\n`);
  process.env.TS_PLAY_SSHD = folder;
}

function run(folder, program, ...args) {
  const { status, error, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) console.log(`${program} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
