import { Readable } from 'node:stream';
import { orAborted } from '../connection/abort.ts';
import type { Connection } from '../connection/connection.ts';
import { asPlayError, PlayError } from '../util/errors.ts';

/** A command as it reached the pretended host. */
export interface MemoryRequest {
  readonly command: string;
  readonly stdin: Buffer;
}

export interface MemoryAnswer {
  /** Null when a signal ended the command. */
  readonly code: number | null;
  readonly signal?: string | undefined;
  readonly stdout?: string | Uint8Array | undefined;
  readonly stderr?: string | Uint8Array | undefined;
}

export interface MemoryConnection extends Connection {
  /** Every command so far, in the order they came. */
  readonly requests: readonly MemoryRequest[];
}

/**
 * A connection that is only a function: it is given each command with all of its stdin, and returns the answer.
 * The command fails with what it throws (`unreachable` unless it is a PlayError). The engine sends batches of scripts to
 * an open shell: to answer those, use {@link ScriptedHost}.
 *
 * @example connectMemory(({ command }) => ({ code: command === 'true' ? 0 : 127 }))
 */
export function connectMemory(
  handler: (request: MemoryRequest) => Promise<MemoryAnswer> | MemoryAnswer,
): MemoryConnection {
  const requests: MemoryRequest[] = [];
  const closing = new AbortController();

  async function answer(command: string, parts: readonly (Uint8Array | Readable)[]): Promise<MemoryAnswer> {
    const request = { command, stdin: await collect(parts) };
    requests.push(request);
    try {
      return await handler(request);
    } catch (error) {
      throw asPlayError(error, 'unreachable');
    }
  }

  return {
    requests,
    async run(command, { stdin = [], onOpen, onStdout, onStderr, signal } = {}) {
      closing.signal.throwIfAborted();
      signal?.throwIfAborted();
      onOpen?.();
      const {
        code,
        signal: killedBy,
        stdout,
        stderr,
      } = await orAborted(answer(command, stdin), signal, closing.signal);
      if (stdout?.length) onStdout?.(Buffer.from(stdout));
      if (stderr?.length) onStderr?.(Buffer.from(stderr));
      return { code, signal: killedBy };
    },
    async close() {
      closing.abort(new PlayError({ kind: 'aborted', what: 'the in-memory connection is closed' }));
    },
  };
}

async function collect(parts: readonly (Uint8Array | Readable)[]): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (const part of parts) {
    if (part instanceof Readable) for await (const chunk of part) chunks.push(Buffer.from(chunk));
    else chunks.push(part);
  }
  return Buffer.concat(chunks);
}
