import { PlayError } from '../util/errors.ts';

/** What stopped a run as a whole: the error that its signal was aborted with, when that is no mere interrupt. */
export function stopOf(signal: AbortSignal | undefined): PlayError | undefined {
  if (!signal?.aborted) return undefined;
  const reason: unknown = signal.reason;
  return reason instanceof PlayError && reason.kind !== 'aborted' ? reason : undefined;
}
