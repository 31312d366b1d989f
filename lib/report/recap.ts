import type { HostRecap } from '../model/events.ts';
import { EXIT } from '../model/exit-code.ts';
import { describeRef } from './describe.ts';
import type { Paint, Style } from './paint.ts';
import type { FirstError, RecapEvent } from './state.ts';
import { duration, oneLine, plural, shorten } from './text.ts';

/** Characters for an error that is repeated in the recap; the full error was printed before. */
const MAX_ERROR = 100;

interface Column {
  readonly key: keyof HostRecap;
  readonly title: string;
  readonly style?: Style;
}

/** What a recap needs in addition to its event. */
export interface RecapContext {
  readonly check: boolean;
  readonly firstErrors: ReadonlyMap<string, FirstError>;
  readonly paint: Paint;
}

/** The table, a blank line, and the closing lines: totals, first errors of failed hosts, interrupted tasks. */
export function recapText(recap: RecapEvent, context: RecapContext): string {
  const closing = closingLines(recap, context).join('\n');
  const table = recapTable(recap.hosts, context.check, context.paint);
  return table === '' ? closing : `${table}\n\n${closing}`;
}

/** One line per host, columns aligned; zeros are dim when colour is on. */
export function recapTable(hosts: RecapEvent['hosts'], check: boolean, paint: Paint): string {
  const entries = Object.entries(hosts);
  if (entries.length === 0) return '';
  const columns: readonly Column[] = [
    { key: 'ok', title: 'ok', style: 'green' },
    { key: 'changed', title: check ? 'would change' : 'changed', style: 'yellow' },
    { key: 'unknown', title: 'unknown', style: 'magenta' },
    { key: 'failed', title: 'failed', style: 'red' },
    { key: 'unreachable', title: 'unreachable', style: 'red' },
    { key: 'skipped', title: 'skipped' },
    { key: 'roundTrips', title: 'round trips' },
  ];
  const nameWidth = Math.max('host'.length, ...entries.map(([host]) => host.length));
  const width = ({ key, title }: Column) =>
    Math.max(title.length, ...entries.map(([, recap]) => String(recap[key]).length));
  const head = columns.map((column) => column.title.padStart(width(column)));
  const rows = entries.map(([host, recap]) => {
    const cells = columns.map((column) => {
      const cell = String(recap[column.key]).padStart(width(column));
      return paint(recap[column.key] === 0 ? 'dim' : (column.style ?? 'bold'), cell);
    });
    return [paint(nameStyle(recap), host.padEnd(nameWidth)), ...cells].join('  ');
  });
  return [paint('bold', ['host'.padEnd(nameWidth), ...head].join('  ')), ...rows].join('\n');
}

function nameStyle({ failed, unreachable, changed }: HostRecap): Style {
  if (failed > 0 || unreachable > 0) return 'red';
  return changed > 0 ? 'yellow' : 'green';
}

function closingLines(recap: RecapEvent, { check, firstErrors, paint }: RecapContext): string[] {
  const entries = Object.entries(recap.hosts);
  const sum = (key: keyof HostRecap) => entries.reduce((total, [, host]) => total + host[key], 0);
  const failed = entries.filter(([, host]) => host.failed > 0 && host.unreachable === 0).length;
  const unreachable = entries.filter(([, host]) => host.unreachable > 0).length;
  const hasProblems = failed + unreachable + firstErrors.size > 0 || recap.interrupted !== undefined;
  const parts = [
    plural(entries.length, 'host'),
    failed > 0 && paint('red', `${failed} failed`),
    unreachable > 0 && paint('red', `${unreachable} unreachable`),
    ...changeParts(sum('changed'), sum('unknown'), check, hasProblems, paint),
    duration(recap.durationMs),
    check && 'nothing was changed',
  ];
  const line = parts.filter((part) => part !== false).join(', ');
  const errors = [...firstErrors].map(([host, error]) => `  ${paint('red', host)}: ${shortError(error)}`);
  return [line, ...errors, ...interruptedLines(recap, paint)];
}

function changeParts(changed: number, unknown: number, check: boolean, hasProblems: boolean, paint: Paint) {
  const word = check ? 'would change' : 'changed';
  const parts = [
    changed > 0 && paint('yellow', `${changed} ${word}`),
    unknown > 0 && paint('magenta', `${unknown} unknown`),
  ];
  if (changed + unknown > 0 || hasProblems) return parts;
  return [paint('green', check ? 'nothing would change' : 'nothing changed')];
}

function shortError({ role, task, error }: FirstError): string {
  const place = [role, task].filter((part) => part !== undefined).map(oneLine);
  return shorten([place.join(' | '), oneLine(error.what)].filter(Boolean).join(' — '), MAX_ERROR);
}

function interruptedLines({ interrupted, exitCode }: RecapEvent, paint: Paint): string[] {
  if (interrupted === undefined) return [];
  const how =
    exitCode === EXIT.aborted
      ? 'interrupted'
      : exitCode === EXIT.input || exitCode === EXIT.unexpected
        ? 'stopped by an error'
        : undefined;
  if (interrupted.length === 0) return [paint('yellow', `${how ?? 'interrupted'}; no task was running`)];
  // A lost host also interrupts its running tasks.
  return [
    paint(
      'yellow',
      how === undefined ? 'running when a host was lost:' : `${how}; these tasks were running:`,
    ),
    ...interrupted.map((ref) => `  ${describeRef(ref)}`),
    'the next run checks unfinished tasks again',
  ];
}
