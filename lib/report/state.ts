import type { EventError, RunEvent, Status, TaskRef } from '../model/events.ts';

export type TaskEvent = Extract<RunEvent, { type: 'task' }>;
export type RecapEvent = Extract<RunEvent, { type: 'recap' }>;

/** One role on one host. Times are milliseconds of the reporter's clock. */
export interface RoleState {
  readonly role: string;
  /** How many tasks the role's steps have returned so far. */
  planned: number;
  readonly since: number;
  ended: { readonly at: number; readonly ok: boolean } | undefined;
  readonly tasks: TaskEvent[];
}

/** One host in one play. */
export interface HostState {
  readonly host: string;
  readonly roles: RoleState[];
  /** Tasks that are being applied, oldest first. */
  readonly applying: Map<string, { readonly ref: TaskRef; readonly since: number }>;
  /** The last lines of output of the running apply. */
  tail: string[];
  /** Why the host left the play, unless it is the error of a task. */
  error: EventError | undefined;
  unreachable: boolean;
}

export interface PlayState {
  readonly play: string;
  readonly hosts: Map<string, HostState>;
  since: number | undefined;
  ended: number | undefined;
}

/** The first error of a host, for the recap. */
export interface FirstError {
  readonly role: string | undefined;
  readonly task: string | undefined;
  readonly error: EventError;
}

/** What would change counts as changed. */
export type Counts = Record<Exclude<Status, 'would change'>, number>;

export function countTasks(tasks: readonly TaskEvent[]): Counts {
  const counts: Counts = { ok: 0, changed: 0, unknown: 0, failed: 0, skipped: 0 };
  for (const { status } of tasks) counts[status === 'would change' ? 'changed' : status] += 1;
  return counts;
}

export function hostTasks(host: HostState): TaskEvent[] {
  return host.roles.flatMap(({ tasks }) => tasks);
}

export function hasFailed(host: HostState): boolean {
  if (host.error !== undefined) return true;
  return host.roles.some(({ tasks }) => tasks.some(({ status }) => status === 'failed'));
}

/** The role that runs on the host, if any. */
export function openRole(host: HostState): RoleState | undefined {
  const last = host.roles.at(-1);
  return last?.ended === undefined ? last : undefined;
}
