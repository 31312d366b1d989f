import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryOptions {
  /** Whether trying again may help: `soon` at once, `later` after a pause. */
  readonly again: (failure: unknown) => 'soon' | 'later' | false;
  /** No new try starts later than this many ms after the first one. */
  readonly within: number;
  readonly signal?: AbortSignal | undefined;
  readonly tries?: number;
}

/** First pause in ms; each further one is twice as long, up to the longest. */
const FIRST = 150;
const LONGEST = 3000;

/**
 * Tries until it works, until trying again makes no sense, or until time is up, and then rejects with the last
 * failure. Pauses are spread at random, so that hosts refused together don't come back together.
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
        when === 'later' ? Math.min(LONGEST, FIRST * 2 ** (tries - 1)) * (0.5 + Math.random()) : 0;
      if (when === false || tries >= most || performance.now() + pause > end) throw failure;
      await sleep(pause, undefined, signal ? { signal } : {}).catch(() => {});
      signal?.throwIfAborted();
    }
  }
}
