import type { Secret } from '../util/secret.ts';
import type { Connection } from './connection.ts';
import type { HostKeyChecking } from './ssh/target.ts';
import type { VarReader } from './var-reader.ts';

/** What counts where the inventory says nothing: the flags of the command line. */
export interface ConnectionDefaults {
  /** `-u`: the user to log in as. */
  readonly user?: string | undefined;
  /** `--private-key`. */
  readonly privateKeyFile?: string | undefined;
  readonly password?: Secret | undefined;
  /** `--accept-new` is `accept-new`. Default `strict`. */
  readonly hostKeyChecking?: HostKeyChecking | undefined;
  /** Milliseconds. Default 10000. */
  readonly connectTimeoutMs?: number | undefined;
}

/** How one host is reached: its variables are read and checked, nothing is contacted yet. */
export interface Route {
  /** The user that commands run as when no other user is become. */
  readonly user: string;
  /** What was written and has no effect, a sentence each. */
  readonly warnings?: readonly string[];
  /**
   * Connects. @throws PlayError `unreachable` with why and what to type next; the signal's reason when it aborts
   */
  open(signal: AbortSignal | undefined): Promise<Connection>;
}

/** A kind of connection: what one value of `ansible_connection` means. */
export interface ConnectionType {
  /** The values of `ansible_connection` that choose it. The first one is its name in messages. */
  readonly names: readonly [string, ...string[]];
  /**
   * Reads a host's variables. Contacts nothing, and is called for each host before the run begins.
   * @throws PlayError `input` with the place of a variable that can't be used
   */
  prepare(vars: VarReader, defaults: ConnectionDefaults): Route;
}

/**
 * A connection of one's own. It is known to runs that are given it: `run(playbook, { connections: [docker] })`, or
 * `definePlaybook({ connections: [docker], … })`, which the command line knows, too.
 */
export function defineConnection(type: ConnectionType): ConnectionType {
  return type;
}
