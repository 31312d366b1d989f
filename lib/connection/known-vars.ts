import { distance } from 'fastest-levenshtein';
import type { InventoryHost } from '../inventory/inventory.ts';
import { filePlace, inputError, type PlayError } from '../util/errors.ts';

/** Names of the connection variables that count. Of several that mean the same the later one wins, as with Ansible. */
export const NAMES = {
  connection: ['ansible_connection'],
  address: ['ansible_host', 'ansible_ssh_host'],
  port: ['ansible_port', 'ansible_ssh_port'],
  user: ['ansible_user', 'ansible_ssh_user'],
  keyFile: ['ansible_private_key_file', 'ansible_ssh_private_key_file'],
  password: ['ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'],
  passphrase: ['ansible_private_key_passphrase', 'ansible_ssh_private_key_passphrase'],
  checking: ['ansible_host_key_checking', 'ansible_ssh_host_key_checking'],
  args: ['ansible_ssh_args', 'ansible_ssh_common_args', 'ansible_ssh_extra_args'],
  timeout: ['ansible_timeout', 'ansible_ssh_timeout'],
  become: ['ansible_become', 'ansible_become_user', 'ansible_become_method'],
  group: ['ansible_group_priority'],
} as const;

/** A variable that Ansible's users write, or take for one of Ansible's, and that has no effect here. */
interface Unsupported {
  /** An error when a run without it may not do what is wanted: always, or only where another user is become. */
  readonly is: 'error' | 'become error' | 'warning';
  readonly next: string;
  /** Values that say what is done anyway. */
  readonly same?: readonly string[];
}

const sudoPassword: Unsupported = {
  is: 'become error',
  next: 'a password for sudo is not supported yet: let the login user run sudo without one (NOPASSWD), and take the variable out',
};
const sudoFlags: Unsupported = {
  is: 'warning',
  next: 'sudo is run with -n -H',
  same: ['-H -S -n', '-H -n', '-H', '-n'],
};
const insteadOf = (name: string, is: Unsupported['is'] = 'error'): Unsupported => ({
  is,
  next: `write ${name}`,
});

/** What is known and has no effect. Everything else of Ansible's only tunes how Ansible itself works. */
const UNSUPPORTED: Readonly<Record<string, Unsupported>> = {
  ansible_become_password: sudoPassword,
  ansible_become_pass: sudoPassword,
  ansible_sudo_pass: sudoPassword,
  ansible_sudo_password: sudoPassword,
  ansible_become_exe: {
    is: 'become error',
    next: 'only sudo from the PATH is used: take it out',
    same: ['sudo'],
  },
  ansible_sudo_exe: {
    is: 'become error',
    next: 'only sudo from the PATH is used: take it out',
    same: ['sudo'],
  },
  ansible_sudo_user: insteadOf('ansible_become_user', 'become error'),
  ansible_become_flags: sudoFlags,
  ansible_sudo_flags: sudoFlags,
  ansible_sudo: insteadOf('ansible_become', 'warning'),
  ansible_su: insteadOf('ansible_become', 'warning'),
  ansible_remote_user: insteadOf('ansible_user'),
  ansible_username: insteadOf('ansible_user'),
  ansible_paramiko_user: insteadOf('ansible_user'),
  ansible_pass: insteadOf('ansible_password'),
  ansible_paramiko_pass: insteadOf('ansible_password'),
  ansible_paramiko_password: insteadOf('ansible_password'),
  ansible_key_file: insteadOf('ansible_ssh_private_key_file'),
  ansible_ssh_key: insteadOf('ansible_ssh_private_key_file'),
  ansible_ssh_key_file: insteadOf('ansible_ssh_private_key_file'),
  ansible_private_key: {
    is: 'error',
    next: 'put the key into a file and name it in ansible_ssh_private_key_file',
  },
  ansible_ssh_private_key: {
    is: 'error',
    next: 'put the key into a file and name it in ansible_ssh_private_key_file',
  },
  ansible_paramiko_private_key_file: insteadOf('ansible_ssh_private_key_file'),
  ansible_paramiko_proxy_command: { is: 'error', next: "hosts behind another one can't be reached yet" },
  ansible_ssh_pkcs11_provider: { is: 'error', next: 'log in with a key of an ssh-agent or in a file' },
  ansible_ssh_executable: {
    is: 'warning',
    next: 'ts-play speaks SSH by itself',
    same: ['ssh', '/usr/bin/ssh'],
  },
  ansible_shell_type: { is: 'warning', next: 'tasks run in sh', same: ['sh'] },
};

const SUPPORTED: readonly string[] = Object.values(NAMES).flat();
/** What a misspelt name may have been meant for: names that change what is reached, or as whom. */
const MEANT: ReadonlySet<string> = new Set([
  ...SUPPORTED,
  ...Object.keys(UNSUPPORTED).filter((name) => UNSUPPORTED[name]?.is !== 'warning'),
]);

/** What is judged of a name once for all hosts. */
type Verdict = { readonly meant: string } | { readonly unsupported: Unsupported } | undefined;
const verdicts = new Map<string, Verdict>();

/**
 * Looks for variables that seem to say how a host is reached and don't.
 * @returns warnings, a sentence each
 * @throws PlayError `input` with the place of one that is misspelt, or without which the host can't be reached as wanted
 */
export function judgeNames(host: InventoryHost): readonly string[] {
  return Object.keys(host.vars).flatMap((name) => {
    const verdict = verdictOf(name);
    if (verdict === undefined) return [];
    if ('meant' in verdict) {
      if (!isPlain(host, name)) return [];
      throw wrong(host, name, `unknown connection variable ${name}`, `did you mean "${verdict.meant}"?`);
    }
    const { is, next, same } = verdict.unsupported;
    if (is === 'become error' || !isSet(host, name, same)) return [];
    if (is === 'error') throw wrong(host, name, `${name} is not supported`, next);
    return [`${name} (${filePlace(host.place(name))}) has no effect: ${next}`];
  });
}

/** The same for a host on which another user is become. @throws PlayError `input` */
export function judgeBecomeNames(host: InventoryHost): void {
  for (const name of Object.keys(host.vars)) {
    const unsupported = Object.hasOwn(UNSUPPORTED, name) ? UNSUPPORTED[name] : undefined;
    if (unsupported?.is === 'become error' && isSet(host, name, unsupported.same))
      throw wrong(host, name, `${name} is not supported`, unsupported.next);
  }
}

function verdictOf(name: string): Verdict {
  if (!verdicts.has(name)) verdicts.set(name, judge(name));
  return verdicts.get(name);
}

function judge(name: string): Verdict {
  const unsupported = Object.hasOwn(UNSUPPORTED, name) ? UNSUPPORTED[name] : undefined;
  if (unsupported) return { unsupported };
  if (MEANT.has(name)) return undefined;
  const [, prefix = '', rest = ''] = /^([a-z]{5,9})[_-](.+)$/.exec(name.toLowerCase()) ?? [];
  if (!isNear(prefix, 'ansible')) return undefined;
  const close = [...MEANT].find((known) => isNear(rest, known.slice('ansible_'.length)));
  // Two slips of the finger in one name are too much to be sure.
  return close !== undefined && (prefix === 'ansible' || close === `ansible_${rest}`)
    ? { meant: close }
    : undefined;
}

/** One letter more, less or another; two of them in a long word, or when they have changed places. */
function isNear(word: string, known: string): boolean {
  const edits = distance(word, known);
  if (edits < 2) return true;
  const letters = (text: string) => [...text].sort().join('');
  return edits === 2 && (word.length > 6 || letters(word) === letters(known));
}

/** A list or a map is meant for something else. */
function isPlain(host: InventoryHost, name: string): boolean {
  const value = Object.getOwnPropertyDescriptor(host.vars, name)?.value as unknown;
  return typeof value !== 'object' || value === null;
}

function isSet({ vars }: InventoryHost, name: string, same: readonly string[] = []): boolean {
  const value = vars[name];
  return (
    value !== undefined && value !== null && value !== '' && value !== false && !same.includes(String(value))
  );
}

function wrong(host: InventoryHost, name: string, what: string, next: string): PlayError {
  return inputError(what, { where: { host: host.name, ...host.place(name) }, next });
}
