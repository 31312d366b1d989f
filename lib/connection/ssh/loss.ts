import { PlayError } from '../../util/errors.ts';

const AGAIN = 'see whether the host is well, then run it again: what was done there is found and left alone';

/** The connection is gone while nobody here ended it. */
export function lostError(host: string, cause: Error | undefined): PlayError {
  const silent = cause !== undefined && /keepalive/i.test(cause.message);
  return new PlayError({
    kind: 'unreachable',
    what: `connection lost to ${host}`,
    where: { host },
    why: [
      silent ? 'it has not answered for several keepalives' : (cause?.message ?? 'it closed the connection'),
      'whether the command under way came to its end there is not known',
    ].join('\n'),
    next: AGAIN,
    cause,
  });
}

/** The connection was closed from here. */
export function closedError(host: string): PlayError {
  return new PlayError({ kind: 'aborted', what: `the connection to ${host} is closed`, where: { host } });
}

/** No channel, or no command in it, could be started. */
export function cantOpen(host: string, cause: Error): PlayError {
  return new PlayError({
    kind: 'unreachable',
    what: `${host} would not start a command`,
    where: { host },
    why: cause.message,
    next: 'see MaxSessions, ForceCommand and the user’s login shell on the host, and sshd’s log: journalctl -u ssh',
    cause,
  });
}

/** The channel closed without an exit status. */
export function noExit(host: string): PlayError {
  return new PlayError({
    kind: 'unreachable',
    what: `${host} closed a command’s channel without saying how the command ended`,
    where: { host },
    why: 'sshd, or the session it ran in, was ended there',
    next: AGAIN,
  });
}
