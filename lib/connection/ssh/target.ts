import type { Duplex } from 'node:stream';
import type { Secret } from '../../util/secret.ts';

/**
 * `strict`: a host key must be known. `accept-new`: the key of a new host is added to known_hosts.
 * `off`: every key is accepted, except a revoked one; a password is then never sent to a host whose key has changed.
 */
export type HostKeyChecking = 'strict' | 'accept-new' | 'off';

/** The address of one host's sshd, and how to log in. */
export interface SshTarget {
  /** The name in the inventory, for messages. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Opens the byte stream to sshd. Default: TCP with TCP_NODELAY. */
  readonly dial?: ((address: string, port: number) => Promise<Duplex>) | undefined;
  /** Tried in order. An unusable one is reported only when no other credential works. */
  readonly privateKeyFiles: readonly string[];
  /** For encrypted private keys. */
  readonly passphrase?: Secret | undefined;
  /** Path of an ssh-agent's socket. Its keys are tried first: those that are also among the files, then the others. */
  readonly agent?: string | undefined;
  /** Use only the agent's keys that are also among the files. */
  readonly identitiesOnly?: boolean | undefined;
  /** Tried last. */
  readonly password?: Secret | undefined;
  /** `accept-new` writes to the first one. */
  readonly knownHostsFiles: readonly string[];
  readonly hostKeyChecking: HostKeyChecking;
  /** For one attempt, from the TCP connect to the end of the login. Default 10000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long to retry a host that drops connections before the end of the handshake. Default 15000. */
  readonly retryMs?: number | undefined;
  /** Default 15000; 0 turns it off. */
  readonly keepaliveIntervalMs?: number | undefined;
  /** How many keepalives may stay unanswered before the connection counts as lost. Default 3. */
  readonly keepaliveCountMax?: number | undefined;
}

export const CONNECT_TIMEOUT_MS = 10_000;
export const RETRY_MS = 15_000;
export const KEEPALIVE_INTERVAL_MS = 15_000;
export const KEEPALIVE_COUNT_MAX = 3;

/** `address:port`, with an IPv6 address in brackets. */
export function endpoint({ address, port }: Pick<SshTarget, 'address' | 'port'>): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
