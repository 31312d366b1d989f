import { setMaxListeners } from 'node:events';

/**
 * Calls `act` once with the reason of whichever signal aborts first, at once if one has already.
 * Returns a function that stops listening. (`AbortSignal.any` would tie every command to the connection's own
 * long-lived signal.)
 */
export function onAbort(
  signals: readonly (AbortSignal | undefined)[],
  act: (reason: unknown) => void,
): () => void {
  const known = signals.filter((signal) => signal !== undefined);
  const listener = (event: Event) => {
    release();
    act((event.target as AbortSignal).reason);
  };
  const release = () => {
    for (const signal of known) signal.removeEventListener('abort', listener);
  };
  const already = known.find((signal) => signal.aborted);
  if (already) act(already.reason);
  else {
    // One signal stands for a whole run: many listeners are no leak.
    if (known.length > 0) setMaxListeners(0, ...known);
    for (const signal of known) signal.addEventListener('abort', listener);
  }
  return release;
}

/** The promise, or the signal's reason as soon as it aborts. The promise itself is left to end unheard. */
export function orAborted<T>(promise: Promise<T>, ...signals: (AbortSignal | undefined)[]): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const release = onAbort(signals, reject);
    promise.then(resolve, reject).finally(release);
  });
}
