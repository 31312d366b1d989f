import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A folder with what the machine lacks (see get-sshd.mjs): sshd, a library that it needs, a passwd file with its user. */
const UNPACKED = process.env.TS_PLAY_SSHD;
const SSHD = join(UNPACKED ?? '/', 'usr/sbin/sshd');
/** sshd needs this folder, which only its systemd unit creates. */
const PRIVSEP = '/run/sshd';

/** Why no real sshd can run on this machine; `undefined` when it can. */
export function whyNoSshd(): string | undefined {
  if (!existsSync(SSHD)) return `${SSHD} is not installed`;
  return process.getuid?.() === 0 ? undefined : 'only root can let people log in';
}

export interface Sshd {
  readonly port: number;
  readonly pid: number;
  close(): Promise<void>;
}

/** OpenSSH's sshd on a free port of 127.0.0.1, in the foreground, without the machine's configuration. */
export async function startSshd(
  hostKeys: readonly string[],
  authorizedKey: string,
  settings: readonly string[] = [],
): Promise<Sshd> {
  const dir = await mkdtemp(join(tmpdir(), 'ts-play-sshd-'));
  // Not removed: the sshd of another run may need it too.
  await mkdir(PRIVSEP, { recursive: true, mode: 0o755 });
  const keyFiles = await Promise.all(
    hostKeys.map(async (key, i) => {
      const file = join(dir, `host_key_${i}`);
      await writeFile(file, key, { mode: 0o600 });
      return file;
    }),
  );
  const authorized = join(dir, 'authorized_keys');
  await writeFile(authorized, `${authorizedKey}\n`, { mode: 0o600 });
  await chmod(dir, 0o700);
  const port = await freePort();
  const config = join(dir, 'sshd_config');
  await writeFile(
    config,
    [
      ...settings,
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      ...keyFiles.map((file) => `HostKey ${file}`),
      `AuthorizedKeysFile ${authorized}`,
      'PermitRootLogin prohibit-password',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'UsePAM no',
      'StrictModes no',
      'PidFile none',
      // Otherwise bash believes that sshd started it for a login, and reads the user's .bashrc for every command.
      'SetEnv SHLVL=2',
      '',
    ].join('\n'),
  );
  const [program = SSHD, ...args] = [...inUnpacked(), SSHD, '-D', '-e', '-f', config];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const close = async () => {
    await ended(child);
    await rm(dir, { recursive: true });
  };
  for (let tries = 0; !(await listens(port)); tries += 1) {
    if (tries >= 100 || child.exitCode !== null) {
      await close();
      throw new Error(`sshd did not start: ${log}`);
    }
    await sleep(50);
  }
  return { port, pid: child.pid ?? 0, close };
}

/** The command that starts an unpacked sshd with a passwd file of its own. Each program starts the next one. */
function inUnpacked(): readonly string[] {
  if (UNPACKED === undefined) return [];
  const library = `usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
  const code = 'mount --bind "$1" /etc/passwd; export LD_LIBRARY_PATH="$2"; shift 2; exec "$@"';
  return ['unshare', '--mount', 'sh', '-euc', code, 'sh', join(UNPACKED, 'passwd'), join(UNPACKED, library)];
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => socket.destroy());
    socket.once('close', (failed) => resolve(!failed));
    socket.once('error', () => {});
  });
}
