import { PlayError } from '../../util/errors.ts';
import { quote } from '../../util/sh.ts';
import type { Setback } from './attempt.ts';
import type { Login } from './login.ts';
import { CONNECT_TIMEOUT_MS, endpoint, type SshTarget } from './target.ts';

/** What a person needs to know: what went wrong, why, and what to type next. */
interface Words {
  readonly what: string;
  readonly why: string;
  readonly next: string;
}

/** True when sshd dropped the connection before any key was exchanged, as it does when too many come at once. */
export function isDropped({ stage, timedOut, cause }: Setback): boolean {
  if (timedOut || stage === 'login') return false;
  if (cause.code === 'ECONNRESET' || cause.code === 'EPIPE') return true;
  return stage === 'handshake' && /lost before handshake|No response from server/i.test(cause.message);
}

/** The agent would not sign with a key; the connection can be tried again without it. */
export function isAgentRefusal({ cause }: Setback): boolean {
  return cause.level === 'agent';
}

/** The error for a connection that did not come about. */
export function connectTrouble(target: SshTarget, setback: Setback, login: Login, tries: number): PlayError {
  if (setback.cause instanceof PlayError) return setback.cause.at({ host: target.host });
  const words =
    (setback.timedOut ? timedOut(target, setback) : undefined) ??
    byCode(target, setback.cause) ??
    (isDropped(setback) ? dropped(target, tries) : undefined) ??
    (setback.stage === 'login' ? refusedLogin(target, setback, login) : handshakeFailed(target, setback));
  return unreachable(target, words, setback.cause);
}

function byCode(target: SshTarget, { code }: NodeJS.ErrnoException): Words | undefined {
  const at = endpoint(target);
  switch (code) {
    case 'ECONNREFUSED':
      return {
        what: `${target.host} refuses connections on ${at}`,
        why: 'the machine answers, but nothing listens on this port',
        next: 'start sshd there (systemctl start ssh), or correct ansible_host and ansible_port',
      };
    case 'ENOTFOUND':
      return {
        what: `no address is known for ${target.address}`,
        why: `${target.host} is to be reached under this name, but no name service knows it`,
        next: 'set ansible_host to an address, or add the name to /etc/hosts; ~/.ssh/config is not read',
      };
    case 'EAI_AGAIN':
      return {
        what: `the address of ${target.address} can't be asked for`,
        why: 'the name service gives no answer',
        next: `see whether this answers: getent hosts ${quote(target.address)}`,
      };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return {
        what: `no way leads to ${target.host} at ${at}`,
        why: code === 'ENETUNREACH' ? 'this machine has no route there' : 'nobody answers at this address',
        next: `see whether it is up and on the network: ping ${quote(target.address)}`,
      };
    case 'ETIMEDOUT':
      return silent(target, 'the connection attempt was not answered');
  }
  return undefined;
}

function timedOut(target: SshTarget, { stage }: Setback): Words {
  const limit = (target.connectTimeoutMs ?? CONNECT_TIMEOUT_MS) / 1000;
  if (stage === 'dial') return silent(target, `no answer to the connection attempt within ${limit} s`);
  return {
    what: `${target.host} does not finish the SSH ${stage} at ${endpoint(target)}`,
    why: `the port is open, but within ${limit} s ${stage === 'login' ? 'the login was not answered' : 'no SSH server answered'}`,
    next: 'see whether sshd is well there, or give it more time: ansible_ssh_common_args: -o ConnectTimeout=30',
  };
}

function silent(target: SshTarget, why: string): Words {
  return {
    what: `${target.host} does not answer at ${endpoint(target)}`,
    why: `${why}: the machine is down, or a firewall drops the packets`,
    next: `see whether it is up and reachable: ping ${quote(target.address)}`,
  };
}

function dropped(target: SshTarget, tries: number): Words {
  return {
    what: `${target.host} closes every connection before the SSH handshake ends`,
    why: `${tries} tries at ${endpoint(target)}; sshd does so when more connections are waiting to log in than its MaxStartups allows, or when it bans this address`,
    next: 'try again later, or see sshd’s log there: journalctl -u ssh',
  };
}

function handshakeFailed(target: SshTarget, { cause }: Setback): Words {
  const noCommon = /no matching/i.test(cause.message);
  return {
    what: `the SSH handshake with ${target.host} failed`,
    why: cause.message,
    next: noCommon
      ? 'the host offers only algorithms that are out of use: update its sshd, or widen its sshd_config'
      : `see what listens at ${endpoint(target)}, and sshd’s log there: journalctl -u ssh`,
  };
}

function nothingToTry(target: SshTarget, login: Login): Words {
  return {
    what: `there is no key to log in to ${target.host} with`,
    why: login.report().join('\n') || 'no private key file, no ssh-agent, no password',
    next: 'name a key that works: --private-key FILE, or ansible_ssh_private_key_file in the inventory',
  };
}

function refusedLogin(target: SshTarget, { cause }: Setback, login: Login): Words {
  if (login.empty) return nothingToTry(target, login);
  const accepted = login.accepted();
  const words = /methods failed/.test(cause.message) ? [] : [`the host says: ${cause.message}`];
  const tooMany = /too many authentication failures/i.test(cause.message);
  return {
    what: `${target.host} does not let ${target.user} log in`,
    why: [
      ...words,
      ...login.report(),
      ...(accepted.length > 0 ? [`the host takes: ${accepted.join(', ')}`] : []),
    ].join('\n'),
    next: tooMany
      ? 'offer fewer keys: ansible_ssh_common_args: -o IdentitiesOnly=yes, with ansible_ssh_private_key_file set'
      : `put your key there (ssh-copy-id -p ${target.port} ${quote(`${target.user}@${target.address}`)}), or name another: --private-key FILE, -u USER`,
  };
}

function unreachable(target: SshTarget, words: Words, cause?: unknown): PlayError {
  return new PlayError({ kind: 'unreachable', where: { host: target.host }, cause, ...words });
}
