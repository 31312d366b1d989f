import type { Readable } from 'node:stream';

/** What one command is given and where its output goes. */
export interface CommandOptions {
  /** Sent to the command's stdin, which is then closed. Nothing by default. Parts are sent in order. */
  readonly stdin?: readonly (Uint8Array | Readable)[];
  /** Called once, when the host has taken the command: what is written to stdin from now on is on its way to it. */
  readonly onOpen?: () => void;
  /** Raw bytes as they arrive. */
  readonly onStdout?: (chunk: Buffer) => void;
  /** The same for standard error. */
  readonly onStderr?: (chunk: Buffer) => void;
  /** Stops waiting: the command's channel is closed and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How a command ended: its exit code, or the signal's name that ended it (then `code` is null). */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | undefined;
}

/**
 * A way to one host that moves bytes and knows nothing of shells, tasks or become.
 * Every implementation passes `connectionContract` of `ts-play/testing`.
 */
export interface Connection {
  /**
   * Runs one command line on the host, as the login user, through that user's login shell.
   * Several may run side by side. Rejects with a PlayError of kind `unreachable` when the connection is lost.
   */
  run(command: string, options?: CommandOptions): Promise<Exit>;
  /** Ends the connection; safe to call twice. What still runs rejects. */
  close(): Promise<void>;
}
