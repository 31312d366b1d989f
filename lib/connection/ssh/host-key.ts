import type { ServerHostKeyAlgorithm } from 'ssh2';
import { PlayError } from '../../util/errors.ts';
import { judge, type KnownKey, lookup, type Verdict } from '../known-hosts.ts';
import { rememberHostKey } from '../known-hosts-append.ts';
import { cantRemember, changedKey, revokedKey, unknownKey } from './host-key-trouble.ts';
import type { SshTarget } from './target.ts';

/** What a key of each known_hosts type can sign with. `ssh-rsa` itself (SHA-1) is left out, as OpenSSH does since 8.8. */
const SIGNATURES: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** Decides about the key of one host, over all attempts to connect to it. */
export interface HostKeyCheck {
  /** In the order to ask for: a host is asked first for the kinds of key it is known by. */
  readonly algorithms: ServerHostKeyAlgorithm[];
  /** Whether the key will do; why not is then in {@link HostKeyCheck.trouble}. */
  verify(key: Buffer): boolean;
  trouble(): PlayError | undefined;
  /** False when checking is off and the key is not the one that is known: somebody else might be listening. */
  mayHearPassword(): boolean;
  /** Writes a new host's key down when that was asked for; only once the host has proved that it owns the key. */
  remember(): Promise<void>;
}

export async function checkHostKey(target: SshTarget): Promise<HostKeyCheck> {
  const known = await knownKeys(target);
  let accepted: { readonly key: Buffer; readonly verdict: Verdict } | undefined;
  let trouble: PlayError | undefined;
  return {
    algorithms: inOrder(known),
    verify(key) {
      // A second key exchange on the same connection must show the same key.
      const verdict = judge(known, key);
      trouble = accepted && !accepted.key.equals(key) ? anotherKey(target) : refusal(target, verdict, key);
      if (!trouble) accepted = { key, verdict };
      return !trouble;
    },
    trouble: () => trouble,
    mayHearPassword: () => accepted?.verdict.verdict !== 'changed',
    async remember() {
      const file = target.knownHostsFiles[0];
      if (accepted?.verdict.verdict !== 'unknown') return;
      if (target.hostKeyChecking !== 'accept-new' || file === undefined) return;
      const { key } = accepted;
      const before = await rememberHostKey(file, target, key).catch((error: Error) => {
        throw cantRemember(target, file, error);
      });
      // Somebody else remembered a key for this host in the meantime; it has to be this one.
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
  // A host that is known by other kinds of key is not new: whoever lacks its keys could offer a kind it never had.
  const isNew = verdict.others.length === 0;
  return isNew && target.hostKeyChecking === 'accept-new'
    ? undefined
    : unknownKey(target, verdict.others, key);
}

function inOrder(known: readonly KnownKey[]): ServerHostKeyAlgorithm[] {
  const kinds = Object.keys(SIGNATURES);
  const isKnown = (kind: string) => known.some(({ type, revoked }) => type === kind && !revoked);
  const first = kinds.filter(isKnown);
  return [...first, ...kinds.filter((kind) => !isKnown(kind))].flatMap((kind) => SIGNATURES[kind] ?? []);
}

async function knownKeys(target: SshTarget): Promise<KnownKey[]> {
  try {
    return await lookup(target.knownHostsFiles, target.address, target.port);
  } catch (error) {
    throw new PlayError({
      kind: 'unreachable',
      what: `the known hosts can't be read, so the key of ${target.host} can't be checked`,
      where: { host: target.host },
      why: (error as Error).message,
      next: 'make the file readable for the user who runs this',
      cause: error,
    });
  }
}

function anotherKey(target: SshTarget): PlayError {
  return new PlayError({
    kind: 'unreachable',
    what: `${target.host} showed two different host keys`,
    where: { host: target.host },
    why: 'the address leads to several machines, or somebody is in between',
    next: 'give ansible_host an address that belongs to one machine',
  });
}
