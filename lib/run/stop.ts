import { PlayError } from '../util/errors.ts';

/** What stopped a run as a whole: the error that its signal was aborted with, when that is no mere interrupt. */
export function stopOf(signal: AbortSignal | undefined): PlayError | undefined {
  if (!signal?.aborted) return undefined;
  const reason: unknown = signal.reason;
  return reason instanceof PlayError && reason.kind !== 'aborted' ? reason : undefined;
}

/** The exit code of an error that is no host's: 1 for what the user wrote, else 250, as Ansible has it for what nobody meant to happen. */
export function stopCode({ kind }: PlayError): number {
  return kind === 'input' ? 1 : 250;
}
