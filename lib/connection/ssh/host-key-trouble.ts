import { PlayError } from '../../util/errors.ts';
import { quote } from '../../util/sh.ts';
import { fingerprint, type KnownKey, keyType, knownName } from '../known-hosts.ts';
import { endpoint, type SshTarget } from './target.ts';

/** Nothing (of this type) is known about the host. */
export function unknownKey(target: SshTarget, others: readonly KnownKey[], key: Buffer): PlayError {
  const file = target.knownHostsFiles[0] ?? '~/.ssh/known_hosts';
  const searched = target.knownHostsFiles.join(', ') || 'no file';
  const scan = `ssh-keyscan -t ${shortType(key)} -p ${target.port} ${quote(target.address)} >> ${quote(file)}`;
  const known = others.map((other) => `  ${other.type} ${fingerprint(other.key)} at ${placeOf(other)}`);
  return trouble(target, {
    what:
      others.length === 0
        ? `the host key of ${target.host} is not known`
        : `${target.host} presents a kind of host key it is not known by`,
    why: [
      `${endpoint(target)} presents ${described(key)}; looked for ${knownName(target.address, target.port)} in ${searched}`,
      ...(known.length > 0 ? ['known are only:', ...known] : []),
    ].join('\n'),
    next: [
      `compare the fingerprint on the host itself: ssh-keygen -lf /etc/ssh/ssh_host_${shortType(key)}_key.pub`,
      `then remember the key: ${scan}`,
      ...(others.length === 0 ? ['or accept the keys of new hosts unseen: ts-play --accept-new …'] : []),
    ].join('\n'),
  });
}

/** Another key of the same type is known. */
export function changedKey(target: SshTarget, known: KnownKey, key: Buffer): PlayError {
  const name = knownName(target.address, target.port);
  return trouble(target, {
    what: `the host key of ${target.host} has CHANGED`,
    why: [
      `${endpoint(target)} presents ${described(key)}`,
      `known is ${described(known.key)} at ${placeOf(known)}`,
      'the host was set up anew, its address now belongs to another machine, or somebody is in between',
    ].join('\n'),
    next: [
      'find out which of these it is before anything else',
      `if the new key is right, forget the old one: ssh-keygen -R ${quote(name)} -f ${quote(known.file)}`,
    ].join('\n'),
  });
}

export function revokedKey(target: SshTarget, known: KnownKey, key: Buffer): PlayError {
  return trouble(target, {
    what: `the host key of ${target.host} is revoked`,
    why: `${endpoint(target)} presents ${described(key)}, which ${placeOf(known)} marks as @revoked`,
    next: 'give the host new keys (ssh-keygen -A after removing the old ones) and remember those',
  });
}

export function cantRemember(target: SshTarget, file: string, cause: Error): PlayError {
  return trouble(target, {
    what: `the host key of ${target.host} can't be remembered`,
    why: cause.message,
    next: `make ${file} writable, or name another file: ansible_ssh_common_args: -o UserKnownHostsFile=FILE`,
    cause,
  });
}

function trouble(
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

/** As `ssh-keyscan -t` and the names of sshd's own key files have it. */
function shortType(key: Buffer): string {
  const type = keyType(key) ?? '';
  return type.startsWith('ecdsa-') ? 'ecdsa' : type.replace(/^ssh-/, '');
}
