import type { Duplex } from 'node:stream';
import type { Secret } from '../../util/secret.ts';

/**
 * `strict`: a host key must be known. `accept-new`: the key of a host that was never seen is remembered.
 * `off`: any key will do, except a revoked one; a password is then never sent to a host whose key has changed.
 */
export type HostKeyChecking = 'strict' | 'accept-new' | 'off';

/** Where one host's sshd is and how to log in there. */
export interface SshTarget {
  /** The inventory's name, for messages. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Opens the byte stream to sshd. Default: TCP without Nagle's delay. */
  readonly dial?: ((address: string, port: number) => Promise<Duplex>) | undefined;
  /** Tried in order. One that can't be used is named in the error when nothing else works. */
  readonly privateKeyFiles: readonly string[];
  /** For private keys that are encrypted. */
  readonly passphrase?: Secret | undefined;
  /** Path of an ssh-agent's socket. Its keys come first: those that are also among the files, then the others. */
  readonly agent?: string | undefined;
  /** Use only those of the agent's keys that are among the files. */
  readonly identitiesOnly?: boolean | undefined;
  /** Tried last. */
  readonly password?: Secret | undefined;
  /** The first is where `accept-new` writes. */
  readonly knownHostsFiles: readonly string[];
  readonly hostKeyChecking: HostKeyChecking;
  /** For one attempt, from dialling to being logged in. Default 10000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long a host that drops connections before the handshake ends is tried again. Default 15000. */
  readonly patienceMs?: number | undefined;
  /** Default 15000; 0 turns it off. */
  readonly keepaliveIntervalMs?: number | undefined;
  /** Unanswered ones before the host counts as lost. Default 3. */
  readonly keepaliveCountMax?: number | undefined;
}

export const CONNECT_TIMEOUT_MS = 10_000;
export const PATIENCE_MS = 15_000;
export const KEEPALIVE_INTERVAL_MS = 15_000;
export const KEEPALIVE_COUNT_MAX = 3;

/** `address:port`, with an IPv6 address in brackets. */
export function endpoint({ address, port }: Pick<SshTarget, 'address' | 'port'>): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
