import { Readable } from 'node:stream';
import { asPlayError, PlayError } from '../util/errors.ts';
import { orAborted } from './abort.ts';
import type { Connection } from './connection.ts';

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
 * A host that is only a function, for specs: it is given each command with all of its stdin and answers.
 * What it throws is how the command fails (`unreachable` unless it is a PlayError).
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
