import type { EventError, RunEvent, Status, TaskRef } from '../model/events.ts';
import type { Change } from '../model/task.ts';
import type { Paint, Style } from './paint.ts';
import type { Counts, TaskEvent } from './state.ts';
import { clean, oneLine, shorten } from './text.ts';

type ScriptEvent = Extract<RunEvent, { type: 'script' }>;

/** Longer values are cut in a one-line description; the diff shows them in full. */
const MAX_VALUE = 60;

export const STATUS_STYLE: Readonly<Record<Status, Style>> = {
  ok: 'green',
  changed: 'yellow',
  'would change': 'yellow',
  unknown: 'magenta',
  failed: 'red',
  skipped: 'dim',
};

/** The word for a status; in check mode, `would change` instead of `changed`. */
export function statusWord(status: Status, check: boolean): string {
  return check && status === 'changed' ? 'would change' : status;
}

/** `mode 0644 → 0600, content`. */
export function describeChanges(changes: readonly Change[]): string {
  return changes.map(describeChange).join(', ');
}

function describeChange({ what, from, to }: Change): string {
  const name = oneLine(what);
  if (from === undefined && to === undefined) return name;
  if (to === undefined) return `${name} ${value(from ?? '')} → none`;
  return from === undefined ? `${name} → ${value(to)}` : `${name} ${value(from)} → ${value(to)}`;
}

function value(text: string): string {
  return shorten(oneLine(text), MAX_VALUE) || '(empty)';
}

/** `hadoop001 | role | task`. */
export function describeRef({ host, role, task }: TaskRef): string {
  return [host, role, oneLine(task)].join(' | ');
}

/** The text after a finished task's name: its changes, its error in one line, or the reason. */
export function describeEnd({ status, changes, error, reason }: TaskEvent): string {
  if (status === 'failed') return oneLine(error?.what ?? reason ?? 'failed');
  return status === 'changed' || status === 'would change' ? describeChanges(changes) : oneLine(reason ?? '');
}

/** `5 ok, 1 changed`; zero counts are left out. */
export function describeCounts(counts: Counts, check: boolean, paint: Paint): string {
  const parts = (['ok', 'changed', 'unknown', 'failed', 'skipped'] as const)
    .filter((status) => counts[status] > 0)
    .map((status) => {
      const text = `${counts[status]} ${statusWord(status, check)}`;
      return status === 'ok' ? text : paint(STATUS_STYLE[status], text);
    });
  return parts.join(', ') || '0 ok';
}

/** A script and its raw answer, a line each; `$` is the script, `>` its stdout, `!` its stderr. */
export function describeScript({ host, as, script, code, stdout, stderr }: ScriptEvent): string[] {
  const marked = (mark: string, text: string) =>
    text === ''
      ? []
      : clean(text)
          .split('\n')
          .map((line) => `    ${mark} ${line}`.trimEnd());
  const end = code === undefined ? 'did not end' : `exit ${code}`;
  return [
    `script: ${[host, as && `as ${as}`, end].filter(Boolean).join(' | ')}`,
    ...marked('$', script),
    ...marked('>', stdout),
    ...marked('!', stderr),
  ];
}

/** Where, why and next, one labelled line each; more lines of a text are indented. Nothing is left out. */
export function describeError({ where, why, next }: EventError, paint: Paint): string[] {
  return [
    ...labelled('at', where, (line) => paint('dim', line)),
    ...labelled('why', why, (line) => line),
    ...labelled('next', next, (line) => paint('bold', line)),
  ];
}

function labelled(label: string, text: string | undefined, style: (line: string) => string): string[] {
  if (!text) return [];
  const [first = '', ...rest] = clean(text).trimEnd().split('\n');
  return [`  ${label}: ${style(first)}`, ...rest.map((line) => style(`       ${line}`.trimEnd()))];
}
