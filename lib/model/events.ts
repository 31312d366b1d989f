import type { Kind } from '../util/errors.ts';
import type { GateMoment } from './gate.ts';
import type { Change } from './task.ts';

/** An error as events carry it: plain data, secrets already taken out. */
export interface EventError {
  readonly kind: Kind;
  readonly what: string;
  readonly where?: string | undefined;
  readonly why?: string | undefined;
  readonly next?: string | undefined;
}

/**
 * How a task ended on a host. Check mode has `would change` instead of `changed`, and `unknown` where it can't tell, since
 * an earlier change is still pending.
 */
export type Status = 'ok' | 'changed' | 'would change' | 'unknown' | 'failed' | 'skipped';

/** Counts of one host over the whole run; `roundTrips` are commands sent to it after connecting. */
export interface HostRecap {
  readonly ok: number;
  /** In check mode: tasks that would change something. */
  readonly changed: number;
  readonly unknown: number;
  readonly failed: number;
  /** 1 when the host could not be reached or was lost. */
  readonly unreachable: number;
  readonly skipped: number;
  readonly roundTrips: number;
}

/** One task on one host: where it stands in the run. `id` is unique in the run. */
export interface TaskRef {
  readonly id: string;
  readonly play: string;
  readonly role: string;
  readonly host: string;
  readonly task: string;
}

/** Everything that happens in a run, in order. Reporters see only this; durations are milliseconds. */
export type RunEvent =
  | {
      readonly type: 'run';
      readonly playbook: string;
      readonly check: boolean;
      readonly plays: readonly { readonly play: string; readonly hosts: readonly string[] }[];
    }
  | { readonly type: 'play'; readonly play: string; readonly hosts: readonly string[] }
  | { readonly type: 'connecting'; readonly host: string }
  | { readonly type: 'connected'; readonly host: string; readonly durationMs: number }
  | { readonly type: 'unreachable'; readonly host: string; readonly error: EventError }
  /** An invariant was asked for; it holds when there are no reasons against it. */
  | {
      readonly type: 'gate';
      readonly play: string;
      readonly gate: string;
      readonly moment: GateMoment;
      readonly reasons: readonly string[];
      readonly durationMs: number;
    }
  /** What a role found out: text for people, data for programs. */
  | {
      readonly type: 'report';
      readonly play: string;
      readonly role: string;
      readonly title: string;
      readonly text: string;
      readonly data: unknown;
    }
  | { readonly type: 'warning'; readonly host?: string | undefined; readonly text: string }
  /** A host begins a role or a further step of it; `tasks` are the titles of what was laid out for the step. */
  | {
      readonly type: 'role';
      readonly play: string;
      readonly role: string;
      readonly host: string;
      readonly tasks: readonly string[];
    }
  /** A change is being made on the host. Tasks that change nothing have no `applying`. */
  | ({ readonly type: 'applying' } & TaskRef)
  /** That change is over, and the task's end is told later: a handler that ran before a wait and may have to run again. */
  | ({ readonly type: 'applied' } & TaskRef)
  /** A line the apply printed, secrets taken out. */
  | ({ readonly type: 'output'; readonly stream: 'stdout' | 'stderr'; readonly line: string } & TaskRef)
  /** With `scripts`: a script that ran on a host, and its raw answer. Secrets are `***` in all of it. */
  | {
      readonly type: 'script';
      readonly host: string;
      /** The user it ran as, if not the play's. */
      readonly as?: string | undefined;
      readonly script: string;
      /** Missing when the script did not end. */
      readonly code?: number | undefined;
      readonly stdout: string;
      readonly stderr: string;
    }
  | ({
      readonly type: 'task';
      readonly status: Status;
      readonly changes: readonly Change[];
      /** Unified diff, when asked for and not secret. */
      readonly diff?: string | undefined;
      readonly error?: EventError | undefined;
      /** Why it was skipped or is unknown. */
      readonly reason?: string | undefined;
      readonly durationMs: number;
    } & TaskRef)
  /** The role ended on the host, well or not. */
  | {
      readonly type: 'role-end';
      readonly play: string;
      readonly role: string;
      readonly host: string;
      readonly ok: boolean;
    }
  /** The host left the play because something failed that is no task's own (a fact that could not be read, a step that failed). */
  | { readonly type: 'host-failed'; readonly play: string; readonly host: string; readonly error: EventError }
  | { readonly type: 'play-end'; readonly play: string }
  /** Stopped the run as a whole, other than Ctrl-C; the recap comes next. */
  | { readonly type: 'error'; readonly error: EventError }
  | {
      readonly type: 'recap';
      readonly exitCode: number;
      readonly durationMs: number;
      readonly hosts: Readonly<Record<string, HostRecap>>;
      /** What was under way when the run was interrupted. */
      readonly interrupted?: readonly TaskRef[] | undefined;
    };

/** Is called with every event of a run, in order, while the run waits. */
export type Listener = (event: RunEvent) => void;
