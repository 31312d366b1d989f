import type { Status } from '../model/events.ts';
import type { Change } from '../model/task.ts';
import type { PlayError } from '../util/errors.ts';

/** How one task ended. */
export interface TaskOutcome {
  readonly status: Status;
  readonly changes: readonly Change[];
  readonly error?: PlayError;
  readonly reason?: string;
  readonly durationMs: number;
}

/** A change in a few words: `mode 0644 → 0600`. */
export function describeChange({ what, from, to }: Change): string {
  if (from !== undefined && to !== undefined) return `${what} ${from} → ${to}`;
  return [what, to ?? from].filter((part) => part !== undefined).join(' ');
}
