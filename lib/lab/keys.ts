import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import ssh2 from 'ssh2';
import { hostAddress } from './names.ts';
import type { LabPaths } from './paths.ts';

export interface KeyPair {
  /** The content of a private key file in OpenSSH's format. */
  readonly private: string;
  /** One line: type, key, comment. */
  readonly public: string;
}

/** Creates an ed25519 key. */
export function newKey(comment: string): KeyPair {
  const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
  // ssh2 creates a wrong key in one case of 256: it drops a leading zero byte of the public key.
  if (ssh2.utils.parseKey(pair.private) instanceof Error) return newKey(comment);
  return { private: pair.private, public: pair.public };
}

/** The public key for logins, created at the lab's first `up` and kept until its `down`. */
export async function ensureLoginKey(lab: LabPaths): Promise<string> {
  if (!existsSync(lab.publicKey)) {
    const key = newKey(`ts-play lab ${lab.name}`);
    await writeFile(lab.privateKey, key.private, { mode: 0o600 });
    await writeFile(lab.publicKey, `${key.public}\n`);
    await writeFile(lab.sshConfig, sshConfig(lab));
  }
  return (await readFile(lab.publicKey, 'utf8')).trim();
}

/** One line of known_hosts, for the host's address and name. */
export function knownHostsLine(host: string, publicKey: string): string {
  const [type, key] = publicKey.trim().split(' ');
  return `${hostAddress(host)},${host} ${type} ${key}`;
}

/** The ssh_config for OpenSSH's client on the lab's network. */
export function sshConfig(lab: Pick<LabPaths, 'privateKey' | 'knownHosts'>): string {
  return [
    'Host hadoop* 192.0.2.*',
    '  User root',
    `  IdentityFile ${lab.privateKey}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${lab.knownHosts}`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
    '',
  ].join('\n');
}
