import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { InventoryHost } from '../inventory/inventory.ts';
import { inputError } from '../util/errors.ts';
import type { Secret } from '../util/secret.ts';
import type { Connection } from './connection.ts';
import type { HostKeyChecking, SshTarget } from './ssh/target.ts';
import { absolute, type ConnectionVars, keyFileTrouble, readConnectionVars } from './vars.ts';

/** What counts where the inventory says nothing: the command line's flags. */
export interface ConnectionDefaults {
  /** `-u`. Default: the name of the user who runs this. */
  readonly user?: string | undefined;
  /** `--private-key`. */
  readonly privateKeyFile?: string | undefined;
  /** `-k`. */
  readonly password?: Secret | undefined;
  /** `--accept-new` is `accept-new`. Default `strict`. */
  readonly hostKeyChecking?: HostKeyChecking | undefined;
  /** Default 10000. */
  readonly connectTimeoutMs?: number | undefined;
}

/**
 * Checks a host's connection variables without contacting anything.
 * @returns warnings: what was written but has no effect, a sentence each
 * @throws PlayError of kind `input` with the place of the variable that can't be used
 */
export function checkConnectionVars(
  host: InventoryHost,
  defaults: ConnectionDefaults = {},
): readonly string[] {
  const vars = readConnectionVars(host);
  const file = defaults.privateKeyFile;
  if (file !== undefined && vars.kind === 'ssh' && !vars.privateKeyFiles) refuseKeyFile(file);
  return vars.warnings;
}

/** @throws PlayError of kind `input` when the file that `--private-key` names can't be read */
export function refuseKeyFile(file: string): void {
  const trouble = keyFileTrouble(absolute(file));
  if (trouble) throw inputError(trouble, { where: { file: '--private-key' }, next: 'correct --private-key' });
}

/**
 * Connects to a host the way its variables say: by SSH, on this machine, or into a lab.
 * @throws PlayError: `input` for a variable that can't be used, `unreachable` when the host can't be connected to
 */
export async function openConnection(
  host: InventoryHost,
  defaults: ConnectionDefaults = {},
  signal?: AbortSignal,
): Promise<Connection> {
  signal?.throwIfAborted();
  const vars = readConnectionVars(host);
  if (vars.kind === 'local') return (await import('./local.ts')).connectLocal();
  const target =
    vars.kind === 'lab' ? await labTarget(host, vars, defaults) : sshTarget(host, vars, defaults);
  // Imported only now: a run on this machine alone need not wait for the SSH library.
  const { connectSsh } = await import('./ssh.ts');
  return connectSsh(target, { signal });
}

function sshTarget(host: InventoryHost, vars: ConnectionVars, defaults: ConnectionDefaults): SshTarget {
  const ssh = join(homedir(), '.ssh');
  const { args } = vars;
  const explicit =
    vars.privateKeyFiles ?? (defaults.privateKeyFile ? [absolute(defaults.privateKeyFile)] : undefined);
  const usual = ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(ssh, name)).filter(existsSync);
  return {
    ...common(host, vars, defaults),
    address: vars.address ?? host.name,
    user: vars.user ?? defaults.user ?? userInfo().username,
    privateKeyFiles: explicit ?? usual,
    agent: process.env['SSH_AUTH_SOCK'] || undefined,
    identitiesOnly: args.identitiesOnly,
    knownHostsFiles: [
      ...(args.userKnownHostsFiles ?? [join(ssh, 'known_hosts')]),
      ...(args.globalKnownHostsFiles ?? ['/etc/ssh/ssh_known_hosts']),
    ].map(absolute),
  };
}

async function labTarget(
  host: InventoryHost,
  vars: ConnectionVars,
  defaults: ConnectionDefaults,
): Promise<SshTarget> {
  const { labEndpoint } = await import('../lab/endpoint.ts');
  const lab = labEndpoint(vars.labName ?? 'lab');
  const wanted = vars.address ?? host.name;
  return {
    ...common(host, vars, defaults),
    address: lab.address(wanted) ?? wanted,
    user: vars.user ?? defaults.user ?? lab.user,
    privateKeyFiles: vars.privateKeyFiles ?? [lab.privateKeyFile],
    knownHostsFiles: vars.args.userKnownHostsFiles?.map(absolute) ?? [lab.knownHostsFile],
    dial: lab.dial,
  };
}

function common(host: InventoryHost, vars: ConnectionVars, defaults: ConnectionDefaults) {
  return {
    host: host.name,
    port: vars.port ?? 22,
    password: vars.password ?? defaults.password,
    passphrase: vars.passphrase,
    hostKeyChecking: vars.hostKeyChecking ?? defaults.hostKeyChecking ?? 'strict',
    connectTimeoutMs: vars.connectTimeoutMs ?? defaults.connectTimeoutMs,
    keepaliveIntervalMs: vars.args.keepaliveIntervalMs,
    keepaliveCountMax: vars.args.keepaliveCountMax,
  };
}
