import type { ServerHostKeyAlgorithm } from 'ssh2';
import { PlayError } from '../../util/errors.ts';
import { compareKey, type KnownKey, lookup, type Verdict } from '../known-hosts.ts';
import { rememberHostKey } from '../known-hosts-append.ts';
import { changedKey, rememberError, revokedKey, unknownKey } from './host-key-errors.ts';
import type { SshTarget } from './target.ts';

/** The signature algorithms of each known_hosts key type. `ssh-rsa` (SHA-1) is left out, as in OpenSSH since 8.8. */
const SIGNATURES: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** Checks the key of one host, for all attempts to connect to it. */
export interface HostKeyCheck {
  /** In order of preference: algorithms of the key types that are known for the host come first. */
  readonly algorithms: ServerHostKeyAlgorithm[];
  /** Whether the key is accepted; if not, {@link HostKeyCheck.error} returns why. */
  verify(key: Buffer): boolean;
  error(): PlayError | undefined;
  /** False when checking is off and the key differs from the known one: the server may be an attacker's. */
  maySendPassword(): boolean;
  /** With `accept-new`, adds a new host's key to known_hosts. Call it only after the login: the host then owns the key. */
  remember(): Promise<void>;
}

export async function checkHostKey(target: SshTarget): Promise<HostKeyCheck> {
  const known = await knownKeys(target);
  let accepted: { readonly key: Buffer; readonly verdict: Verdict } | undefined;
  let error: PlayError | undefined;
  return {
    algorithms: inOrder(known),
    verify(key) {
      // A second key exchange on the same connection must present the same key.
      const verdict = compareKey(known, key);
      error = accepted && !accepted.key.equals(key) ? twoKeysError(target) : refusal(target, verdict, key);
      if (!error) accepted = { key, verdict };
      return !error;
    },
    error: () => error,
    maySendPassword: () => accepted?.verdict.verdict !== 'changed',
    async remember() {
      const file = target.knownHostsFiles[0];
      if (accepted?.verdict.verdict !== 'unknown') return;
      if (target.hostKeyChecking !== 'accept-new' || file === undefined) return;
      const { key } = accepted;
      const before = await rememberHostKey(file, target, key).catch((error: Error) => {
        throw rememberError(target, file, error);
      });
      // Another process may have added a key for this host in the meantime; it must be the same key.
      if (before.verdict === 'changed') throw changedKey(target, before.known, key);
      if (before.verdict === 'revoked') throw revokedKey(target, before.known, key);
    },
  };
}

function refusal(target: SshTarget, verdict: Verdict, key: Buffer): PlayError | undefined {
  if (verdict.verdict === 'match') return undefined;
  if (verdict.verdict === 'revoked') return revokedKey(target, verdict.known, key);
  if (target.hostKeyChecking === 'off') return undefined;
  if (verdict.verdict === 'changed') return changedKey(target, verdict.known, key);
  // A host with known keys of other types is not new: an attacker could present a key of a type that the host never had.
  const isNew = verdict.others.length === 0;
  return isNew && target.hostKeyChecking === 'accept-new'
    ? undefined
    : unknownKey(target, verdict.others, key);
}

function inOrder(known: readonly KnownKey[]): ServerHostKeyAlgorithm[] {
  const types = Object.keys(SIGNATURES);
  const isKnown = (keyType: string) => known.some(({ type, revoked }) => type === keyType && !revoked);
  const first = types.filter(isKnown);
  return [...first, ...types.filter((keyType) => !isKnown(keyType))].flatMap(
    (keyType) => SIGNATURES[keyType] ?? [],
  );
}

async function knownKeys(target: SshTarget): Promise<KnownKey[]> {
  try {
    return await lookup(target.knownHostsFiles, target.address, target.port);
  } catch (error) {
    throw new PlayError({
      kind: 'unreachable',
      what: `can't check the host key of ${target.host}: a known_hosts file can't be read`,
      where: { host: target.host },
      why: (error as Error).message,
      next: 'make the file readable for the user who runs ts-play',
      cause: error,
    });
  }
}

function twoKeysError(target: SshTarget): PlayError {
  return new PlayError({
    kind: 'unreachable',
    what: `${target.host} presented two different host keys`,
    where: { host: target.host },
    why: 'the address belongs to several machines, or this is a man-in-the-middle attack',
    next: 'set ansible_host to an address that belongs to a single machine',
  });
}
