import type { EventError } from '../../model/events.ts';
import { describeCounts, describeError } from '../describe.ts';
import type { Paint } from '../paint.ts';
import { countTasks, type HostState, hasFailed, hostTasks, openRole, type RoleState } from '../state.ts';
import { duration, elapsed, oneLine, plural, untab } from '../text.ts';
import type { Tracker } from '../track.ts';

/** How much is shown of a host; every level fits a smaller terminal. */
export interface Detail {
  /** A line for each finished role, one for all of them, or none. */
  readonly roles: 'each' | 'sum' | 'none';
  /** Lines of running output. */
  readonly tail: number;
  /** Lines of an error's why; its other parts go with them. */
  readonly why: number;
}

export interface DrawContext {
  readonly tracker: Tracker;
  readonly now: number;
  readonly paint: Paint;
}

/** Marks what has neither succeeded nor failed when a run is cut short. */
export const NOT_OVER = '·';

/** What a host is up to. `idle` is between roles, `waiting` before the first. */
export type Activity = 'failed' | 'running' | 'connecting' | 'idle' | 'waiting';

export function activity(host: HostState, { connecting }: Tracker): Activity {
  if (hasFailed(host)) return 'failed';
  if (openRole(host)) return 'running';
  if (connecting.has(host.host)) return 'connecting';
  return host.roles.length > 0 ? 'idle' : 'waiting';
}

/** A host's lines: its name and what it does, then as much as the detail allows. The first line has no indent. */
export function hostLines(host: HostState, detail: Detail, context: DrawContext): string[] {
  const doing = activity(host, context.tracker);
  if (detail.roles === 'none') return [singleLine(host, doing, context), ...tailLines(host, detail, context)];
  const lines = [head(host, doing, context), ...finishedRoles(host, detail, context)];
  const open = openRole(host);
  if (doing === 'failed') lines.push(...failureLines(host, detail, context.paint));
  else if (open) {
    lines.push(`${context.paint('cyan', '▸')} ${runningRole(host, open, context)}`);
    lines.push(...tailLines(host, detail, context));
  }
  return lines;
}

/** How many lines the host may come to need at this detail, so that a tail that comes and goes moves nothing. */
export function reservedLines(host: HostState, detail: Detail, context: DrawContext): number {
  const shown = hostLines(host, detail, context).length;
  if (activity(host, context.tracker) !== 'running') return shown;
  return shown - Math.min(detail.tail, host.tail.length) + detail.tail;
}

function singleLine(host: HostState, doing: Activity, context: DrawContext): string {
  const { paint } = context;
  const open = openRole(host);
  if (doing === 'running' && open) return `${host.host}  ${runningRole(host, open, context)}`;
  const failure = doing === 'failed' ? failureOf(host) : undefined;
  return failure
    ? `${paint('red', host.host)}  ${failure.place}: ${failure.error.what}`
    : head(host, doing, context);
}

function head(host: HostState, doing: Activity, { tracker, now, paint }: DrawContext): string {
  const since = tracker.connecting.get(host.host);
  const name = doing === 'failed' ? paint('red', host.host) : host.host;
  if (doing === 'connecting' && since !== undefined)
    return `${name}  ${paint('dim', `connecting ${elapsed(now - since)}`)}`;
  if (doing === 'waiting') return paint('dim', `${name}  waiting`);
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
  const mark = ended === undefined ? NOT_OVER : ended.ok ? paint('green', '✔') : paint('red', '✖');
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

/** Why the host left: its failed task, or else what befell it as a whole. */
export function failureOf(host: HostState): { readonly place: string; readonly error: EventError } {
  const task = hostTasks(host).find(({ status }) => status === 'failed');
  if (task) {
    const error = task.error ?? { kind: 'failed', what: task.reason ?? 'failed' };
    return { place: `${task.role} | ${oneLine(task.task)}`, error };
  }
  const error = host.error ?? { kind: 'failed', what: 'failed' };
  return { place: host.unreachable ? 'unreachable' : 'failed', error };
}
