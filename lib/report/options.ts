import type { Writable } from 'node:stream';
import type { Listener } from '../model/events.ts';

/** Shows a run; its only input are the run's events. */
export interface Reporter {
  readonly onEvent: Listener;
  /** Resolves when all output is written. Call it once, after the last event. */
  end(): Promise<void>;
}

/** `live` redraws a terminal, `plain` prints lines for logs, `json` prints one event per line for programs. */
export type Output = 'live' | 'plain' | 'json';

/** 0: changes and failures; 1: also ok tasks and the output of applies; 2 and 3: also connections and starts of applies. */
export type Verbosity = 0 | 1 | 2 | 3;

/** An output stream; the optional fields are those of a terminal. */
export type Stream = Writable & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};

export interface ReporterOptions {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly verbosity: Verbosity;
  /** Show the unified diffs of the events. */
  readonly diff: boolean;
  readonly colour: boolean;
  /** The current time in milliseconds, for elapsed times; default: `Date.now`. */
  readonly clock?: () => number;
}
