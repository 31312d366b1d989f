import type { Reply } from '../model/fact.ts';
import type { Task } from '../model/task.ts';
import { PlayError } from '../util/errors.ts';

/** A task's own failure. */
export function failed(what: string, rest: { why?: string; next?: string | undefined }): PlayError {
  return new PlayError({ kind: 'failed', what, ...rest });
}

/** A lost connection tells nothing of the change that was under way. */
export function halfDone(thrown: unknown, task: Task): unknown {
  if (!(thrown instanceof PlayError) || thrown.kind !== 'unreachable') return thrown;
  const unknown = `"${task.title}" was being applied: whether it took effect, in whole or in part, is not known`;
  const why = thrown.why === undefined ? unknown : `${thrown.why}\n${unknown}`;
  return new PlayError({
    ...thrown.toTrouble(),
    why,
    next:
      thrown.next ??
      'run it again: while a script of this run still runs there, that is refused; then the host is looked at afresh',
  }).at({ task: task.title });
}

/** The end of what a failed script printed: errors first, since they say why. */
export function lastWords({ stdout, stderr }: Reply): string {
  const text = stderr.trim() || stdout.trim() || 'it printed nothing';
  return text.split('\n').slice(-15).join('\n');
}

/** A failure, with the handlers that have not run yet: the task may have needed them. */
export function withPending(error: PlayError, handlers: readonly string[]): PlayError {
  if (handlers.length === 0) return error;
  const names = handlers.join(', ');
  const pending = `pending until the end of the step: ${names}`;
  return new PlayError({
    ...error.toTrouble(),
    why: error.why === undefined ? pending : `${error.why}\n${pending}`,
    next: error.next ?? `if the task needs ${names} first: put it into a later step, or an until() before it`,
  });
}
