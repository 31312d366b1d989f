import { setMaxListeners } from 'node:events';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { CommandOptions, Connection, Exit } from './connection.ts';
import { attempt, ConnectFailure, type LoggedIn } from './ssh/attempt.ts';
import { connectError, isAgentRefusal, isDropped } from './ssh/connect-error.ts';
import { ChannelRefused, exec } from './ssh/exec.ts';
import { checkHostKey } from './ssh/host-key.ts';
import { prepareLogin } from './ssh/login.ts';
import { closedError, lostError, startError } from './ssh/loss.ts';
import { withRetries } from './ssh/retry.ts';
import { RETRY_MS, type SshTarget } from './ssh/target.ts';

export type { SshTarget } from './ssh/target.ts';

/** How many channels one connection uses at once: less than sshd's default MaxSessions, 10. */
const MAX_CHANNELS = 8;
/** How often to try again when the host refuses a channel although none is open. */
const REFUSED_RETRIES = 5;
/** Milliseconds after which a closed connection is destroyed. */
const DESTROY_AFTER_MS = 500;

/**
 * Connects to a host over SSH, checks its host key and logs in.
 * @throws PlayError of kind `unreachable` with why and next; the signal's reason when it aborts.
 */
export async function connectSsh(
  target: SshTarget,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Connection> {
  signal?.throwIfAborted();
  const [hostKey, login] = await Promise.all([checkHostKey(target), prepareLogin(target)]);
  let tries = 0;
  try {
    const loggedIn = await withRetries(
      () => {
        tries += 1;
        return attempt(target, hostKey, login, signal);
      },
      {
        again: (failure) => {
          if (!(failure instanceof ConnectFailure) || hostKey.error()) return false;
          if (isAgentRefusal(failure)) return 'soon';
          return isDropped(failure) ? 'later' : false;
        },
        within: target.retryMs ?? RETRY_MS,
        signal,
      },
    );
    const connection = clientConnection(loggedIn, target.host);
    await hostKey.remember().catch(async (error: unknown) => {
      await connection.close();
      throw error;
    });
    return connection;
  } catch (error) {
    if (error instanceof ConnectFailure) throw hostKey.error() ?? connectError(target, error, login, tries);
    throw error;
  }
}

function clientConnection({ client, socket }: LoggedIn, host: string): Connection {
  const lost = new AbortController();
  const channels = new PQueue({ concurrency: MAX_CHANNELS });
  let open = 0;

  const markLost = (cause?: Error) => {
    if (!lost.signal.aborted) lost.abort(lostError(host, cause));
    client.destroy();
  };
  client.on('error', markLost);
  client.once('close', () => markLost());

  async function runNow(command: string, options: CommandOptions): Promise<Exit> {
    lost.signal.throwIfAborted();
    open += 1;
    try {
      return await exec({ client, host, lost: lost.signal }, command, options);
    } finally {
      open -= 1;
    }
  }

  return {
    async run(command, options = {}) {
      lost.signal.throwIfAborted();
      options.signal?.throwIfAborted();
      const queueing = options.signal ? { signal: options.signal } : {};
      // One signal serves a whole run: many listeners are not a leak.
      if (options.signal) setMaxListeners(0, options.signal);
      for (let refusals = 1; ; ) {
        try {
          return await channels.add(() => runNow(command, options), queueing);
        } catch (error) {
          if (!(error instanceof ChannelRefused)) throw error;
          // The host's MaxSessions is lower than usual: use only as many channels as it allows. This loop ends,
          // because fewer are open at each further refusal.
          if (open > 0) channels.concurrency = Math.min(channels.concurrency, open);
          // The host may not have finished closing an earlier channel.
          else if (refusals > REFUSED_RETRIES) throw startError(host, error);
          else await sleep(50 * refusals++);
        }
      }
    },
    async close() {
      if (!lost.signal.aborted) lost.abort(closedError(host));
      client.end();
      // The disconnect message is sent; don't keep the process alive until the host has read it.
      if (socket instanceof Socket) socket.unref();
      setTimeout(() => client.destroy(), DESTROY_AFTER_MS).unref();
    },
  };
}
