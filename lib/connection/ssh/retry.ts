import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryOptions {
  /** Whether to try again: `soon` without a pause, `later` after a pause. */
  readonly again: (failure: unknown) => 'soon' | 'later' | false;
  /** No new attempt starts later than this many milliseconds after the first one. */
  readonly within: number;
  readonly signal?: AbortSignal | undefined;
  readonly tries?: number;
}

/** Pauses in milliseconds: the first one, then twice as long each time, up to the longest. */
const FIRST_PAUSE_MS = 150;
const LONGEST_PAUSE_MS = 3000;

/**
 * Tries until an attempt succeeds, `again` returns false, or the time or the number of tries is used up; then rejects
 * with the last failure. Pauses are random, so that connections that were refused together don't retry together.
 */
export async function withRetries<T>(
  attempt: (tries: number) => Promise<T>,
  { again, within, signal, tries: most = 12 }: RetryOptions,
): Promise<T> {
  const end = performance.now() + within;
  for (let tries = 1; ; tries++) {
    try {
      return await attempt(tries);
    } catch (failure) {
      const when = again(failure);
      const pause =
        when === 'later'
          ? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1)) * (0.5 + Math.random())
          : 0;
      if (when === false || tries >= most || performance.now() + pause > end) throw failure;
      await sleep(pause, undefined, signal ? { signal } : {}).catch(() => {});
      signal?.throwIfAborted();
    }
  }
}
