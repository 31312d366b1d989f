import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { InventoryHost, Value } from '../inventory/inventory.ts';
import { inputError, type PlayError } from '../util/errors.ts';
import { Secret } from '../util/secret.ts';
import { judgeNames, NAMES } from './known-vars.ts';
import type { HostKeyChecking } from './ssh/target.ts';
import { parseSshArgs, type SshArgs } from './ssh-args.ts';

/** What an inventory says about how to reach a host; what it doesn't say is undefined. */
export interface ConnectionVars {
  readonly kind: 'ssh' | 'local' | 'lab';
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly user: string | undefined;
  /** Absolute. */
  readonly privateKeyFiles: readonly string[] | undefined;
  readonly passphrase: Secret | undefined;
  readonly password: Secret | undefined;
  readonly hostKeyChecking: HostKeyChecking | undefined;
  readonly connectTimeoutMs: number | undefined;
  readonly labName: string | undefined;
  readonly args: SshArgs;
  /** What is not as it seems to be meant, but no reason to stop. */
  readonly warnings: readonly string[];
}

const KINDS: Readonly<Record<string, ConnectionVars['kind']>> = {
  ssh: 'ssh',
  smart: 'ssh',
  paramiko: 'ssh',
  paramiko_ssh: 'ssh',
  'ansible.builtin.ssh': 'ssh',
  local: 'local',
  'ansible.builtin.local': 'local',
  lab: 'lab',
};

/**
 * Reads the connection variables. Where two names mean the same the later one listed wins, as with Ansible.
 * @throws PlayError of kind `input` with the place of the variable that can't be used
 */
export function readConnectionVars(host: InventoryHost): ConnectionVars {
  const connection = text(host, NAMES.connection) ?? 'ssh';
  const kind = KINDS[connection];
  if (!kind) {
    throw wrong(
      host,
      'ansible_connection',
      `there is no connection "${connection}"`,
      'use ssh, local or lab',
    );
  }
  const judged = judgeNames(host);
  const args = sshArgs(host);
  const keyFile = text(host, NAMES.keyFile);
  const privateKeyFiles = keyFile === undefined ? args.identityFiles : [keyFile];
  const timeout = whole(host, NAMES.timeout, 1, 86_400);
  return {
    kind,
    address: text(host, NAMES.address),
    port: whole(host, NAMES.port, 1, 65_535) ?? args.port,
    user: text(host, NAMES.user) ?? args.user,
    privateKeyFiles: privateKeyFiles?.map(absolute),
    passphrase: hidden(host, NAMES.passphrase),
    password: hidden(host, NAMES.password),
    hostKeyChecking: checking(host) ?? args.hostKeyChecking,
    connectTimeoutMs: timeout === undefined ? args.connectTimeoutMs : timeout * 1000,
    labName: text(host, ['lab_name']),
    args,
    warnings: [
      ...judged,
      ...args.ignored.map((option) => `the ssh option ${option} is not supported and has no effect`),
      ...(kind === 'ssh' ? missingKeys(host, privateKeyFiles ?? []) : []),
    ],
  };
}

/** A path as a person writes it: `~` is the home folder, relative is to the current one. */
export function absolute(path: string): string {
  return resolve(path.replace(/^(?:~|%d)(?=\/|$)/, homedir()));
}

/** Why a private key can't be read, or nothing. */
export function keyFileTrouble(file: string): string | undefined {
  try {
    if (statSync(file).isDirectory()) return `the private key ${file} is a folder`;
    accessSync(file, constants.R_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return `the private key ${file} ${code === 'ENOENT' ? 'does not exist' : `can't be read (${code})`}`;
  }
}

/** A key that isn't there may still be meant for the agent, which is known only when connecting. */
function missingKeys(host: InventoryHost, files: readonly string[]): string[] {
  const wrongs = files.flatMap((file) => keyFileTrouble(absolute(file)) ?? []);
  if (wrongs.length === 0) return [];
  const sentence = wrongs.join(', ');
  if (process.env['SSH_AUTH_SOCK'] || wrongs.length < files.length) return [sentence];
  throw wrong(
    host,
    nameOf(host, [...NAMES.keyFile, ...NAMES.args]) ?? 'ansible_ssh_private_key_file',
    sentence,
  );
}

function sshArgs(host: InventoryHost): SshArgs {
  // Each is read by itself first, so that an error has its place.
  const written = NAMES.args.flatMap((name) => {
    const words = text(host, [name]);
    if (words === undefined) return [];
    try {
      parseSshArgs(words);
    } catch (error) {
      throw wrong(host, name, (error as Error).message);
    }
    return [words];
  });
  return parseSshArgs(written.join(' '));
}

function checking(host: InventoryHost): HostKeyChecking | undefined {
  const name = nameOf(host, NAMES.checking);
  if (name === undefined) return undefined;
  const value = host.vars[name];
  if (value === true || /^(true|yes|1)$/i.test(String(value))) return 'strict';
  if (value === false || /^(false|no|0)$/i.test(String(value))) return 'off';
  throw wrong(host, name, `${name} must be true or false`);
}

/** The name that counts of several that mean the same. */
function nameOf(host: InventoryHost, names: readonly string[]): string | undefined {
  const isSet = (value: Value | undefined) => value !== undefined && value !== null && value !== '';
  return names.findLast((name) => isSet(host.vars[name]));
}

function text(host: InventoryHost, names: readonly string[]): string | undefined {
  const name = nameOf(host, names);
  if (name === undefined) return undefined;
  const value = host.vars[name];
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') throw wrong(host, name, `${name} must be text, not ${kindOf(value)}`);
  return value;
}

function hidden(host: InventoryHost, names: readonly string[]): Secret | undefined {
  const name = nameOf(host, names);
  if (name === undefined) return undefined;
  const value: unknown = host.vars[name];
  if (value instanceof Secret) return value;
  if (typeof value === 'string' || typeof value === 'number') return new Secret(String(value));
  throw wrong(host, name, `${name} must be text`);
}

function whole(
  host: InventoryHost,
  names: readonly string[],
  least: number,
  most: number,
): number | undefined {
  const name = nameOf(host, names);
  if (name === undefined) return undefined;
  const value = host.vars[name];
  // `-e name=value` gives text only.
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most)
    return number;
  throw wrong(
    host,
    name,
    `${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(value)}`,
  );
}

function wrong(host: InventoryHost, variable: string, what: string, next?: string): PlayError {
  return inputError(what, { where: { host: host.name, ...host.place(variable) }, next });
}

function kindOf(value: Value | undefined): string {
  return Array.isArray(value)
    ? 'a list'
    : value !== null && typeof value === 'object'
      ? 'a map'
      : String(value);
}
