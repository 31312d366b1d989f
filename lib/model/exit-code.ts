import type { Kind, PlayError } from '../util/errors.ts';

/** The exit codes of the command line, most of them Ansible's. The README and `--help` list the same. */
export const EXIT = {
  ok: 0,
  /** A usage error, or a mistake in what the user wrote; nothing has the tags asked for. */
  input: 1,
  /** A host failed, a gate did not hold, or the linter has found an error. */
  failed: 2,
  /** A host could not be reached or was lost. */
  unreachable: 4,
  /** Ctrl-C, SIGTERM or SIGHUP. */
  aborted: 130,
  /** Something that ts-play did not expect. */
  unexpected: 250,
} as const;

const CODES: Readonly<Record<Kind, number>> = {
  input: EXIT.input,
  failed: EXIT.failed,
  unreachable: EXIT.unreachable,
  aborted: EXIT.aborted,
};

/** The exit code of a program that ends with this error. A failure with a cause is something that was thrown unexpectedly. */
export function exitCodeOf({ kind, cause }: Pick<PlayError, 'kind' | 'cause'>): number {
  return kind === 'failed' && cause !== undefined ? EXIT.unexpected : CODES[kind];
}
