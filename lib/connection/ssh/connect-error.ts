import { PlayError } from '../../util/errors.ts';
import { quote } from '../../util/sh.ts';
import type { ConnectFailure } from './attempt.ts';
import type { Login } from './login.ts';
import { CONNECT_TIMEOUT_MS, endpoint, type SshTarget } from './target.ts';

/** The parts of an error message. */
interface Message {
  readonly what: string;
  readonly why: string;
  readonly next: string;
}

/** True when sshd closed the connection before the key exchange, as it does when too many clients connect at once. */
export function isDropped({ stage, timedOut, cause }: ConnectFailure): boolean {
  if (timedOut || stage === 'login') return false;
  if (cause.code === 'ECONNRESET' || cause.code === 'EPIPE') return true;
  return stage === 'handshake' && /lost before handshake|No response from server/i.test(cause.message);
}

/** True when the agent refused to sign with a key; the next attempt can work without that key. */
export function isAgentRefusal({ cause }: ConnectFailure): boolean {
  return cause.level === 'agent';
}

/** The error for a connection that failed after `tries` attempts. */
export function connectError(
  target: SshTarget,
  failure: ConnectFailure,
  login: Login,
  tries: number,
): PlayError {
  if (failure.cause instanceof PlayError) return failure.cause.at({ host: target.host });
  const words =
    (failure.timedOut ? timedOut(target, failure) : undefined) ??
    byCode(target, failure.cause) ??
    (isDropped(failure) ? dropped(target, tries) : undefined) ??
    (failure.stage === 'login' ? loginRefused(target, failure, login) : handshakeFailed(target, failure));
  return unreachable(target, words, failure.cause);
}

function byCode(target: SshTarget, { code }: NodeJS.ErrnoException): Message | undefined {
  const at = endpoint(target);
  switch (code) {
    case 'ECONNREFUSED':
      return {
        what: `${target.host} refused the connection on ${at}`,
        why: 'the host answers, but nothing listens on this port',
        next: 'start sshd on the host (systemctl start ssh), or correct ansible_host and ansible_port',
      };
    case 'ENOTFOUND':
      return {
        what: `unknown host name ${target.address}`,
        why: 'DNS and /etc/hosts have no address for this name',
        next: `set ansible_host of ${target.host} to an address, or add the name to /etc/hosts; ~/.ssh/config is not read`,
      };
    case 'EAI_AGAIN':
      return {
        what: `can't resolve the host name ${target.address}`,
        why: 'DNS lookup failed: the name server does not answer',
        next: `check the name resolution: getent hosts ${quote(target.address)}`,
      };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return {
        what: `no route to ${target.host} at ${at}`,
        why:
          code === 'ENETUNREACH'
            ? 'the controller has no route to this network'
            : 'no machine answers at this address',
        next: `check that the host is up and on the network: ping ${quote(target.address)}`,
      };
    case 'ETIMEDOUT':
      return noAnswer(target, 'the connection attempt timed out');
  }
  return undefined;
}

function timedOut(target: SshTarget, { stage }: ConnectFailure): Message {
  const limit = (target.connectTimeoutMs ?? CONNECT_TIMEOUT_MS) / 1000;
  if (stage === 'dial') return noAnswer(target, `the connection attempt timed out after ${limit} s`);
  return {
    what: `the SSH ${stage} with ${target.host} at ${endpoint(target)} timed out after ${limit} s`,
    why: `the port is open, but ${stage === 'login' ? 'sshd did not answer the login' : 'no SSH server answered'}`,
    next: 'check sshd on the host, or allow more time: ansible_ssh_common_args: -o ConnectTimeout=30',
  };
}

function noAnswer(target: SshTarget, why: string): Message {
  return {
    what: `${target.host} does not answer at ${endpoint(target)}`,
    why: `${why}: the host is down, or a firewall drops the packets`,
    next: `check that the host is up and reachable: ping ${quote(target.address)}`,
  };
}

function dropped(target: SshTarget, tries: number): Message {
  return {
    what: `${target.host} closed every connection before the end of the SSH handshake`,
    why: `${tries} attempts at ${endpoint(target)}; sshd does this when more clients are logging in at once than MaxStartups allows, or when it blocks this address`,
    next: 'try again later, or read sshd’s log on the host: journalctl -u ssh',
  };
}

function handshakeFailed(target: SshTarget, { cause }: ConnectFailure): Message {
  const noCommon = /no matching/i.test(cause.message);
  return {
    what: `the SSH handshake with ${target.host} failed`,
    why: cause.message,
    next: noCommon
      ? 'the host offers only outdated algorithms: update its sshd, or allow more algorithms in its sshd_config'
      : `check what listens at ${endpoint(target)}, and read sshd’s log on the host: journalctl -u ssh`,
  };
}

function noCredentials(target: SshTarget, login: Login): Message {
  return {
    what: `no key or password to log in to ${target.host}`,
    why: login.report().join('\n') || 'no private key file, no ssh-agent, no password',
    next: 'set a key: --private-key FILE, or ansible_ssh_private_key_file in the inventory',
  };
}

function loginRefused(target: SshTarget, { cause }: ConnectFailure, login: Login): Message {
  if (login.empty) return noCredentials(target, login);
  const accepted = login.accepted();
  const words = /methods failed/.test(cause.message) ? [] : [`the host answered: ${cause.message}`];
  const tooMany = /too many authentication failures/i.test(cause.message);
  return {
    what: `${target.host} refused the login of ${target.user}`,
    why: [
      ...words,
      ...login.report(),
      ...(accepted.length > 0 ? [`the host accepts: ${accepted.join(', ')}`] : []),
    ].join('\n'),
    next: tooMany
      ? 'offer fewer keys: ansible_ssh_common_args: -o IdentitiesOnly=yes, with ansible_ssh_private_key_file set'
      : `copy your key to the host (ssh-copy-id -p ${target.port} ${quote(`${target.user}@${target.address}`)}), or set another key or user: --private-key FILE, -u USER`,
  };
}

function unreachable(target: SshTarget, words: Message, cause?: unknown): PlayError {
  return new PlayError({ kind: 'unreachable', where: { host: target.host }, cause, ...words });
}
