import type { TaskOutcome } from './outcome.ts';

/** What `converge` tells while it works; `index` counts the tasks given, handlers after them. */
export interface Progress {
  applying(index: number): void;
  /** What was being applied is over; how the task ends is told later, since it may have to be applied again. */
  applied(index: number): void;
  warn(text: string): void;
  line(index: number, stream: 'stdout' | 'stderr', line: string): void;
  done(index: number, outcome: TaskOutcome): void;
}
