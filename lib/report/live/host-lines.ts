import type { EventError } from '../../model/events.ts';
import { describeCounts, describeError } from '../describe.ts';
import type { Paint } from '../paint.ts';
import { countTasks, type HostState, hasFailed, hostTasks, openRole, type RoleState } from '../state.ts';
import { duration, elapsed, oneLine, plural, untab } from '../text.ts';
import type { Tracker } from '../track.ts';

/** How much is shown of a host. */
export interface Detail {
  /** One line for each finished role, one for all of them, or none. */
  readonly roles: 'each' | 'sum' | 'none';
  /** How many lines of the running apply's output. */
  readonly tail: number;
  /** How many lines of an error's `why`; with 0, its `next` is left out too. */
  readonly why: number;
}

export interface DrawContext {
  readonly tracker: Tracker;
  readonly now: number;
  readonly paint: Paint;
}

/** Marks what has neither succeeded nor failed when a run is interrupted. */
export const UNFINISHED = '·';

/** What a host is doing. `idle` means between roles, `waiting` before the first. */
export type Activity = 'failed' | 'running' | 'connecting' | 'idle' | 'waiting';

export function activity(host: HostState, { connecting }: Tracker): Activity {
  if (hasFailed(host)) return 'failed';
  if (openRole(host)) return 'running';
  if (connecting.has(host.host)) return 'connecting';
  return host.roles.length > 0 ? 'idle' : 'waiting';
}

/** A host's lines: its name and activity, then as much as the detail allows. The first line is not indented. */
export function hostLines(host: HostState, detail: Detail, context: DrawContext): string[] {
  const current = activity(host, context.tracker);
  if (detail.roles === 'none')
    return [singleLine(host, current, context), ...tailLines(host, detail, context)];
  const lines = [head(host, current, context), ...finishedRoles(host, detail, context)];
  const open = openRole(host);
  if (current === 'failed') lines.push(...failureLines(host, detail, context.paint));
  else if (open) {
    lines.push(`${context.paint('cyan', '▸')} ${runningRole(host, open, context)}`);
    lines.push(...tailLines(host, detail, context));
  }
  return lines;
}

/** How many lines to reserve for the host at this detail, so that nothing moves when output appears or disappears. */
export function reservedLines(host: HostState, detail: Detail, context: DrawContext): number {
  const shown = hostLines(host, detail, context).length;
  if (activity(host, context.tracker) !== 'running') return shown;
  return shown - Math.min(detail.tail, host.tail.length) + detail.tail;
}

function singleLine(host: HostState, current: Activity, context: DrawContext): string {
  const { paint } = context;
  const open = openRole(host);
  if (current === 'running' && open) return `${host.host}  ${runningRole(host, open, context)}`;
  const failure = current === 'failed' ? failureOf(host) : undefined;
  return failure
    ? `${paint('red', host.host)}  ${failure.place}: ${failure.error.what}`
    : head(host, current, context);
}

function head(host: HostState, current: Activity, { tracker, now, paint }: DrawContext): string {
  const since = tracker.connecting.get(host.host);
  const name = current === 'failed' ? paint('red', host.host) : host.host;
  if (current === 'connecting' && since !== undefined)
    return `${name}  ${paint('dim', `connecting ${elapsed(now - since)}`)}`;
  if (current === 'waiting') return paint('dim', `${name}  waiting`);
  if (host.roles.length === 0) return name;
  return `${name}  ${paint(
    'dim',
    describeCounts(countTasks(hostTasks(host)), tracker.check, (_, text) => text),
  )}`;
}

function finishedRoles(host: HostState, { roles }: Detail, context: DrawContext): string[] {
  const finished = host.roles.filter(({ ended }) => ended !== undefined);
  if (finished.length === 0) return [];
  const { paint, tracker } = context;
  if (roles === 'each') return finished.map((role) => roleLine(role, context));
  const counts = countTasks(finished.flatMap(({ tasks }) => tasks));
  return [
    `${paint('green', '✔')} ${plural(finished.length, 'role')}: ${describeCounts(counts, tracker.check, paint)}`,
  ];
}

/** `✔ motd: 5 ok, 1 changed (1.2 s)`. */
export function roleLine(
  { role, tasks, since, ended }: RoleState,
  { tracker, now, paint }: DrawContext,
): string {
  const mark = ended === undefined ? UNFINISHED : ended.ok ? paint('green', '✔') : paint('red', '✖');
  const time = paint('dim', `(${duration((ended?.at ?? now) - since)})`);
  return `${mark} ${role}: ${describeCounts(countTasks(tasks), tracker.check, paint)} ${time}`;
}

function runningRole(host: HostState, role: RoleState, { now, paint }: DrawContext): string {
  const [oldest] = host.applying.values();
  if (oldest) {
    const { task } = oldest.ref;
    return `${role.role}: ${paint('bold', oneLine(task))} ${paint('dim', elapsed(now - oldest.since))}`;
  }
  const done = role.planned > 0 ? `${role.tasks.length} of ${plural(role.planned, 'task')} ` : '';
  return `${role.role}: ${paint('dim', `${done}${elapsed(now - role.since)}`)}`;
}

function tailLines(host: HostState, { tail }: Detail, { paint }: DrawContext): string[] {
  return tail === 0 ? [] : host.tail.slice(-tail).map((line) => paint('dim', `  │ ${line}`));
}

function failureLines(host: HostState, { why }: Detail, paint: Paint): string[] {
  const { place, error } = failureOf(host);
  const shortened = {
    ...error,
    where: undefined,
    why: error.why?.trimEnd().split('\n').slice(-why).join('\n'),
  };
  const rest = why === 0 ? [] : describeError(shortened, paint).map(untab);
  return [`${paint('red', place)}: ${oneLine(error.what)}`, ...rest];
}

/** Why the host left the play: its failed task, or else the error of the host itself. */
export function failureOf(host: HostState): { readonly place: string; readonly error: EventError } {
  const task = hostTasks(host).find(({ status }) => status === 'failed');
  if (task) {
    const error = task.error ?? { kind: 'failed', what: task.reason ?? 'failed' };
    return { place: `${task.role} | ${oneLine(task.task)}`, error };
  }
  const error = host.error ?? { kind: 'failed', what: 'failed' };
  return { place: host.unreachable ? 'unreachable' : 'failed', error };
}
