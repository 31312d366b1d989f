import type { TaskRef } from '../model/events.ts';
import type { Task } from '../model/task.ts';
import { unifiedDiff } from '../util/diff.ts';
import { eventError } from './emit.ts';
import type { TaskOutcome } from './outcome.ts';
import type { Progress } from './progress.ts';
import type { Running } from './running.ts';

/** Turns what becomes of one host's tasks into the run's events. */
export function taskEvents(
  tasks: readonly Task[],
  of: Pick<TaskRef, 'play' | 'role' | 'host'>,
  { emit, ids, options: { diff = false, check = false } }: Pick<Running, 'emit' | 'ids' | 'options'>,
): Progress {
  const refs = tasks.map(({ title, options: { on } }): TaskRef => {
    ids.last += 1;
    return { id: `${of.play}/${ids.last}`, ...of, task: on === undefined ? title : `${title} (on ${on})` };
  });
  const at = (index: number): TaskRef => {
    const ref = refs[index];
    if (ref === undefined) throw new RangeError(`no task ${index}`);
    return ref;
  };
  return {
    applying: (index) => emit({ type: 'applying', ...at(index) }),
    applied: (index) => emit({ type: 'applied', ...at(index) }),
    warn: (text) => emit({ type: 'warning', host: of.host, text }),
    line: (index, stream, line) => emit({ type: 'output', stream, line, ...at(index) }),
    done: (index, outcome) => emit({ type: 'task', ...at(index), ...told(outcome, diff, check) }),
  };
}

function told(
  { status, changes, error, reason, durationMs }: TaskOutcome,
  withDiff: boolean,
  check: boolean,
) {
  const diff = withDiff ? changes.flatMap(({ text }) => (text ? [unifiedDiff(text)] : [])).join('\n') : '';
  return {
    status: check && status === 'changed' ? ('would change' as const) : status,
    changes: changes.map(({ what, from, to }) => ({ what, from, to })),
    durationMs,
    ...(diff ? { diff } : {}),
    ...(error ? { error: eventError(error) } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
}
