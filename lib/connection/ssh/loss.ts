import { PlayError } from '../../util/errors.ts';

const RUN_AGAIN = 'check the host, then run again: the next run skips tasks that are already done';

/** The connection was lost, not closed by ts-play. */
export function lostError(host: string, cause: Error | undefined): PlayError {
  const timedOut = cause !== undefined && /keepalive/i.test(cause.message);
  return new PlayError({
    kind: 'unreachable',
    what: `connection lost to ${host}`,
    where: { host },
    why: [
      timedOut
        ? 'the host did not answer several keepalives'
        : (cause?.message ?? 'the host closed the connection'),
      'it is unknown whether the running command finished on the host',
    ].join('\n'),
    next: RUN_AGAIN,
    cause,
  });
}

/** ts-play closed the connection. */
export function closedError(host: string): PlayError {
  return new PlayError({ kind: 'aborted', what: `the connection to ${host} is closed`, where: { host } });
}

/** The host opened no channel, or started no command in it. */
export function startError(host: string, cause: Error): PlayError {
  return new PlayError({
    kind: 'unreachable',
    what: `${host} did not start a command`,
    where: { host },
    why: cause.message,
    next: 'check MaxSessions, ForceCommand and the user’s login shell on the host, and sshd’s log: journalctl -u ssh',
    cause,
  });
}

/** The channel closed without an exit status. */
export function noExitError(host: string): PlayError {
  return new PlayError({
    kind: 'unreachable',
    what: `${host} closed a command’s channel without an exit status`,
    where: { host },
    why: 'sshd or the session of the command was stopped on the host',
    next: RUN_AGAIN,
  });
}
