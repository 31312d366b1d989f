import type { Writable } from 'node:stream';
import type { Listener } from '../model/events.ts';

/** Draws a run from nothing but its events. */
export interface Reporter {
  readonly onEvent: Listener;
  /** Resolves when everything is drawn and written; to be called once, after the last event. */
  end(): Promise<void>;
}

/** `live` redraws a terminal, `plain` is a line an event for logs, `json` an event a line for programs. */
export type Output = 'live' | 'plain' | 'json';

/** 0: changes and failures; 1: also each ok task and what applies print; 2 and 3: also connections and starts. */
export type Verbosity = 0 | 1 | 2 | 3;

/** A stream to draw on; the extra fields are those of a terminal. */
export type Stream = Writable & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};

export interface ReporterOptions {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly verbosity: Verbosity;
  /** Show the unified diffs that events carry. */
  readonly diff: boolean;
  readonly colour: boolean;
  /** Milliseconds, for elapsed times; the wall clock when left out. */
  readonly clock?: () => number;
}
