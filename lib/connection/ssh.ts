import { setMaxListeners } from 'node:events';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { CommandOptions, Connection, Exit } from './connection.ts';
import { attempt, type LoggedIn, Setback } from './ssh/attempt.ts';
import { connectTrouble, isAgentRefusal, isDropped } from './ssh/connect-trouble.ts';
import { ChannelRefused, exec } from './ssh/exec.ts';
import { checkHostKey } from './ssh/host-key.ts';
import { prepareLogin } from './ssh/login.ts';
import { cantOpen, closedError, lostError } from './ssh/loss.ts';
import { withRetries } from './ssh/retry.ts';
import { PATIENCE_MS, type SshTarget } from './ssh/target.ts';

export type { SshTarget } from './ssh/target.ts';

/** Channels of one connection in use at once: below sshd's default MaxSessions of 10. */
const CHANNELS = 8;
/** How often a channel is asked for that the host refuses though none is in use. */
const CLOSING_TRIES = 5;
/** How long a host may take to say goodbye while the process goes on, in ms. */
const FAREWELL = 500;

/**
 * Connects to a host by SSH, checks its key and logs in.
 * @throws PlayError of kind `unreachable` that says why and what to type next; the signal's reason when it aborts.
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
          if (!(failure instanceof Setback) || hostKey.trouble()) return false;
          if (isAgentRefusal(failure)) return 'soon';
          return isDropped(failure) ? 'later' : false;
        },
        within: target.patienceMs ?? PATIENCE_MS,
        signal,
      },
    );
    const connection = overClient(loggedIn, target.host);
    await hostKey.remember().catch(async (error: unknown) => {
      await connection.close();
      throw error;
    });
    return connection;
  } catch (error) {
    if (error instanceof Setback) throw hostKey.trouble() ?? connectTrouble(target, error, login, tries);
    throw error;
  }
}

function overClient({ client, socket }: LoggedIn, host: string): Connection {
  const lost = new AbortController();
  const channels = new PQueue({ concurrency: CHANNELS });
  let open = 0;

  const lose = (cause?: Error) => {
    if (!lost.signal.aborted) lost.abort(lostError(host, cause));
    client.destroy();
  };
  client.on('error', lose);
  client.once('close', () => lose());

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
      // One signal stands for a whole run: many listeners are no leak.
      if (options.signal) setMaxListeners(0, options.signal);
      for (let alone = 1; ; ) {
        try {
          return await channels.add(() => runNow(command, options), queueing);
        } catch (error) {
          if (!(error instanceof ChannelRefused)) throw error;
          // This host's MaxSessions is lower than usual: use as many as it gives, as long as it gives one. Ends,
          // since each further refusal finds fewer open.
          if (open > 0) channels.concurrency = Math.min(channels.concurrency, open);
          // The host may still be busy with closing one that has ended here.
          else if (alone > CLOSING_TRIES) throw cantOpen(host, error);
          else await sleep(50 * alone++);
        }
      }
    },
    async close() {
      if (!lost.signal.aborted) lost.abort(closedError(host));
      client.end();
      // The goodbye is on its way: nobody waits until a far host has read it.
      if (socket instanceof Socket) socket.unref();
      setTimeout(() => client.destroy(), FAREWELL).unref();
    },
  };
}
