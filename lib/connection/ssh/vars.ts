import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { inputError } from '../../util/errors.ts';
import type { Secret } from '../../util/secret.ts';
import type { ConnectionDefaults } from '../definition.ts';
import { NAMES } from '../known-vars.ts';
import { parseSshArgs, type SshArgs } from '../ssh-args.ts';
import type { VarReader } from '../var-reader.ts';
import type { HostKeyChecking, SshTarget } from './target.ts';

/** What an inventory says about how to reach a host by SSH; what it doesn't say is undefined. */
export interface SshVars {
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly user: string | undefined;
  /** Absolute. */
  readonly privateKeyFiles: readonly string[] | undefined;
  readonly passphrase: Secret | undefined;
  readonly password: Secret | undefined;
  readonly hostKeyChecking: HostKeyChecking | undefined;
  readonly connectTimeoutMs: number | undefined;
  readonly args: SshArgs;
  /** What was written and has no effect, a sentence each. */
  readonly warnings: readonly string[];
}

/** Reads the variables of SSH. @throws PlayError `input` with the place of the variable that can't be used */
export function readSshVars(vars: VarReader): SshVars {
  const args = sshArgs(vars);
  const keyFile = vars.text(NAMES.keyFile);
  const privateKeyFiles = keyFile === undefined ? args.identityFiles : [keyFile];
  const timeout = vars.whole(NAMES.timeout, 1, 86_400);
  return {
    address: vars.text(NAMES.address),
    port: vars.whole(NAMES.port, 1, 65_535) ?? args.port,
    user: vars.text(NAMES.user) ?? args.user,
    privateKeyFiles: privateKeyFiles?.map(absolute),
    passphrase: vars.secret(NAMES.passphrase),
    password: vars.secret(NAMES.password),
    hostKeyChecking: checking(vars) ?? args.hostKeyChecking,
    connectTimeoutMs: timeout === undefined ? args.connectTimeoutMs : timeout * 1000,
    args,
    warnings: args.ignored.map((option) => `the ssh option ${option} is not supported and has no effect`),
  };
}

/** The part of a target that does not depend on where the host is. */
export function commonTarget(
  host: string,
  vars: SshVars,
  defaults: ConnectionDefaults,
): Omit<SshTarget, 'address' | 'user' | 'privateKeyFiles' | 'knownHostsFiles'> {
  return {
    host,
    port: vars.port ?? 22,
    password: vars.password ?? defaults.password,
    passphrase: vars.passphrase,
    hostKeyChecking: vars.hostKeyChecking ?? defaults.hostKeyChecking ?? 'strict',
    connectTimeoutMs: vars.connectTimeoutMs ?? defaults.connectTimeoutMs,
    keepaliveIntervalMs: vars.args.keepaliveIntervalMs,
    keepaliveCountMax: vars.args.keepaliveCountMax,
  };
}

/** A path as a person writes it: `~` is the home folder, relative is to the current one. */
export function absolute(path: string): string {
  return resolve(path.replace(/^(?:~|%d)(?=\/|$)/, homedir()));
}

/** @throws PlayError of kind `input` when the file that `--private-key` names can't be read */
export function refuseKeyFile(file: string): void {
  const trouble = keyFileTrouble(absolute(file));
  if (trouble) throw inputError(trouble, { where: { file: '--private-key' }, next: 'correct --private-key' });
}

/**
 * Private keys that can't be read. One that isn't there may still be meant for the agent, which is known only when
 * connecting: then this is a warning.
 * @throws PlayError `input` when none can be read and there is no agent
 */
export function missingKeys(vars: VarReader, files: readonly string[]): readonly string[] {
  const wrongs = files.flatMap((file) => keyFileTrouble(file) ?? []);
  if (wrongs.length === 0) return [];
  const sentence = wrongs.join(', ');
  if (process.env['SSH_AUTH_SOCK'] || wrongs.length < files.length) return [sentence];
  throw vars.wrong(
    vars.nameOf([...NAMES.keyFile, ...NAMES.args]) ?? 'ansible_ssh_private_key_file',
    sentence,
  );
}

/** Why a private key can't be read, or nothing. */
function keyFileTrouble(file: string): string | undefined {
  try {
    if (statSync(file).isDirectory()) return `the private key ${file} is a folder`;
    accessSync(file, constants.R_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return `the private key ${file} ${code === 'ENOENT' ? 'does not exist' : `can't be read (${code})`}`;
  }
}

function sshArgs(vars: VarReader): SshArgs {
  // Each is read by itself first, so that an error has its place.
  const written = NAMES.args.flatMap((name) => {
    const words = vars.text([name]);
    if (words === undefined) return [];
    try {
      parseSshArgs(words);
    } catch (error) {
      throw vars.wrong(name, (error as Error).message);
    }
    return [words];
  });
  return parseSshArgs(written.join(' '));
}

function checking(vars: VarReader): HostKeyChecking | undefined {
  const isOn = vars.flag(NAMES.checking);
  return isOn === undefined ? undefined : isOn ? 'strict' : 'off';
}
