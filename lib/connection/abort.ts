import { setMaxListeners } from 'node:events';

/**
 * Calls `act` once with the reason of the first signal that aborts, immediately if one is already aborted.
 * Returns a function that stops listening. (`AbortSignal.any` would keep a reference to every command in the
 * connection's own long-lived signal.)
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
    // One signal serves a whole run: many listeners are not a leak.
    if (known.length > 0) setMaxListeners(0, ...known);
    for (const signal of known) signal.addEventListener('abort', listener);
  }
  return release;
}

/** The promise's result, or the reason of a signal that aborts before; the promise's own result is then ignored. */
export function orAborted<T>(promise: Promise<T>, ...signals: (AbortSignal | undefined)[]): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const release = onAbort(signals, reject);
    promise.then(resolve, reject).finally(release);
  });
}
