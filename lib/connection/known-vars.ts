import { distance } from 'fastest-levenshtein';
import type { InventoryHost } from '../inventory/inventory.ts';
import { filePlace, inputError, type PlayError } from '../util/errors.ts';

/** Names of the supported connection variables. Of several names for the same setting the later one wins, as in Ansible. */
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

/** A variable that Ansible users write, or believe to be one of Ansible's, and that ts-play does not support. */
interface Unsupported {
  /** `error`: a run that ignores it may do the wrong thing. `become error`: the same, but only with become. */
  readonly is: 'error' | 'become error' | 'warning';
  readonly next: string;
  /** Values that ask for what ts-play does anyway. */
  readonly same?: readonly string[];
}

const sudoPassword: Unsupported = {
  is: 'become error',
  next: 'sudo passwords are not supported yet: allow the login user sudo without a password (NOPASSWD), and remove the variable',
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

/** All unsupported variables that matter. The others of Ansible only tune how Ansible itself works. */
const UNSUPPORTED: Readonly<Record<string, Unsupported>> = {
  ansible_become_password: sudoPassword,
  ansible_become_pass: sudoPassword,
  ansible_sudo_pass: sudoPassword,
  ansible_sudo_password: sudoPassword,
  ansible_become_exe: {
    is: 'become error',
    next: 'only sudo from the PATH is supported: remove the variable',
    same: ['sudo'],
  },
  ansible_sudo_exe: {
    is: 'become error',
    next: 'only sudo from the PATH is supported: remove the variable',
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
    next: 'write the key to a file, and set ansible_ssh_private_key_file to its path',
  },
  ansible_ssh_private_key: {
    is: 'error',
    next: 'write the key to a file, and set ansible_ssh_private_key_file to its path',
  },
  ansible_paramiko_private_key_file: insteadOf('ansible_ssh_private_key_file'),
  ansible_paramiko_proxy_command: { is: 'error', next: 'jump hosts and proxies are not supported yet' },
  ansible_ssh_pkcs11_provider: { is: 'error', next: 'use a key in a file or in an ssh-agent' },
  ansible_ssh_executable: {
    is: 'warning',
    next: 'ts-play has an SSH client of its own',
    same: ['ssh', '/usr/bin/ssh'],
  },
  ansible_shell_type: { is: 'warning', next: 'tasks always run in sh', same: ['sh'] },
};

const SUPPORTED: readonly string[] = Object.values(NAMES).flat();
/** The names that a misspelt variable may mean: those that change the host that is reached, or the user. */
const CANDIDATES: ReadonlySet<string> = new Set([
  ...SUPPORTED,
  ...Object.keys(UNSUPPORTED).filter((name) => UNSUPPORTED[name]?.is !== 'warning'),
]);

/** The result for a variable's name; cached, because it is the same for all hosts. */
type Verdict = { readonly meant: string } | { readonly unsupported: Unsupported } | undefined;
const verdicts = new Map<string, Verdict>();

/**
 * Finds misspelt and unsupported connection variables of a host.
 * @returns warnings, one sentence each
 * @throws PlayError `input` with the place of a variable that is misspelt, or that is unsupported and must not be ignored
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

/** The same for variables that matter only with become. @throws PlayError `input` */
export function judgeBecomeNames(host: InventoryHost): void {
  for (const name of Object.keys(host.vars)) {
    const unsupported = Object.hasOwn(UNSUPPORTED, name) ? UNSUPPORTED[name] : undefined;
    if (unsupported?.is === 'become error' && isSet(host, name, unsupported.same))
      throw wrong(host, name, `${name} is not supported`, unsupported.next);
  }
}

function verdictOf(name: string): Verdict {
  if (!verdicts.has(name)) verdicts.set(name, computeVerdict(name));
  return verdicts.get(name);
}

function computeVerdict(name: string): Verdict {
  const unsupported = Object.hasOwn(UNSUPPORTED, name) ? UNSUPPORTED[name] : undefined;
  if (unsupported) return { unsupported };
  if (CANDIDATES.has(name)) return undefined;
  const [, prefix = '', rest = ''] = /^([a-z]{5,9})[_-](.+)$/.exec(name.toLowerCase()) ?? [];
  if (!isNear(prefix, 'ansible')) return undefined;
  const close = [...CANDIDATES].find((known) => isNear(rest, known.slice('ansible_'.length)));
  // With typos in both parts of the name, the suggestion would be a guess.
  return close !== undefined && (prefix === 'ansible' || close === `ansible_${rest}`)
    ? { meant: close }
    : undefined;
}

/** At most one edit; two edits in words of more than six letters, or when two letters are swapped. */
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
