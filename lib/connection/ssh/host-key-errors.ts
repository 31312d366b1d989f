import { PlayError } from '../../util/errors.ts';
import { quote } from '../../util/sh.ts';
import { fingerprint, type KnownKey, keyType, knownName } from '../known-hosts.ts';
import { endpoint, type SshTarget } from './target.ts';

/** No key of this type is known for the host. */
export function unknownKey(target: SshTarget, others: readonly KnownKey[], key: Buffer): PlayError {
  const file = target.knownHostsFiles[0] ?? '~/.ssh/known_hosts';
  const searched = target.knownHostsFiles.join(', ') || 'no file';
  const scan = `ssh-keyscan -t ${shortType(key)} -p ${target.port} ${quote(target.address)} >> ${quote(file)}`;
  const known = others.map((other) => `  ${other.type} ${fingerprint(other.key)} at ${placeOf(other)}`);
  return hostKeyError(target, {
    what:
      others.length === 0
        ? `the host key of ${target.host} is unknown`
        : `${target.host} presents a host key of a type that is not known for it`,
    why: [
      `${endpoint(target)} presents ${described(key)}; ${knownName(target.address, target.port)} was looked up in ${searched}`,
      ...(known.length > 0 ? ['the only known keys are:', ...known] : []),
    ].join('\n'),
    next: [
      `compare the fingerprint on the host itself: ssh-keygen -lf /etc/ssh/ssh_host_${shortType(key)}_key.pub`,
      `then add the key: ${scan}`,
      ...(others.length === 0 ? ['or accept keys of new hosts without a check: ts-play --accept-new …'] : []),
    ].join('\n'),
  });
}

/** A different key of the same type is known for the host. */
export function changedKey(target: SshTarget, known: KnownKey, key: Buffer): PlayError {
  const name = knownName(target.address, target.port);
  return hostKeyError(target, {
    what: `the host key of ${target.host} has CHANGED`,
    why: [
      `${endpoint(target)} presents ${described(key)}`,
      `the known key is ${described(known.key)} at ${placeOf(known)}`,
      'the host was reinstalled, its address now belongs to another machine, or this is a man-in-the-middle attack',
    ].join('\n'),
    next: [
      'first find out which of these is the cause',
      `if the new key is right, remove the old one: ssh-keygen -R ${quote(name)} -f ${quote(known.file)}`,
    ].join('\n'),
  });
}

export function revokedKey(target: SshTarget, known: KnownKey, key: Buffer): PlayError {
  return hostKeyError(target, {
    what: `the host key of ${target.host} is revoked`,
    why: `${endpoint(target)} presents ${described(key)}, which ${placeOf(known)} marks as @revoked`,
    next: 'create new keys on the host (remove the old ones, then ssh-keygen -A), and add them to known_hosts',
  });
}

export function rememberError(target: SshTarget, file: string, cause: Error): PlayError {
  return hostKeyError(target, {
    what: `can't write the host key of ${target.host} to ${file}`,
    why: cause.message,
    next: `make ${file} writable, or use another file: ansible_ssh_common_args: -o UserKnownHostsFile=FILE`,
    cause,
  });
}

function hostKeyError(
  target: SshTarget,
  rest: { what: string; why: string; next: string; cause?: unknown },
): PlayError {
  return new PlayError({ kind: 'unreachable', where: { host: target.host }, ...rest });
}

function described(key: Buffer): string {
  return `the ${keyType(key)} key ${fingerprint(key)}`;
}

function placeOf({ file, line }: KnownKey): string {
  return `${file}:${line}`;
}

/** The key type as in `ssh-keyscan -t` and in the names of sshd's key files. */
function shortType(key: Buffer): string {
  const type = keyType(key) ?? '';
  return type.startsWith('ecdsa-') ? 'ecdsa' : type.replace(/^ssh-/, '');
}
