import type { Duplex } from 'node:stream';
import { NodeSSH } from 'node-ssh';
import type { Client } from 'ssh2';
import { orAborted } from '../abort.ts';
import { dial } from './dial.ts';
import type { HostKeyCheck } from './host-key.ts';
import type { Login } from './login.ts';
import { CONNECT_TIMEOUT_MS, KEEPALIVE_COUNT_MAX, KEEPALIVE_INTERVAL_MS, type SshTarget } from './target.ts';

/** The stage that an attempt reached: TCP connect, SSH handshake with the host key, login. */
export type ConnectStage = 'dial' | 'handshake' | 'login';

/** Why one attempt to connect failed. */
export class ConnectFailure extends Error {
  readonly stage: ConnectStage;
  /** Whether the attempt reached its time limit. */
  readonly timedOut: boolean;
  override readonly cause: NodeJS.ErrnoException & { readonly level?: string };

  constructor(stage: ConnectStage, cause: unknown, timedOut: boolean) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    super(error.message);
    this.stage = stage;
    this.timedOut = timedOut;
    this.cause = error;
  }
}

/** A client that is logged in, and its socket. */
export interface LoggedIn {
  readonly client: Client;
  readonly socket: Duplex;
}

/**
 * Connects and logs in once, or rejects with a {@link ConnectFailure}, or with the reason of the signal.
 * The client has an `error` listener: without one, an `error` event would end the process.
 */
export async function attempt(
  target: SshTarget,
  hostKey: HostKeyCheck,
  login: Login,
  signal: AbortSignal | undefined,
): Promise<LoggedIn> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), target.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
  const abandon = new AbortController();
  let stage: ConnectStage = 'dial';
  let destroy = () => {};
  try {
    return await orAborted(
      (async () => {
        const sock = await dial(target, abandon.signal);
        destroy = () => sock.destroy();
        if (abandon.signal.aborted) destroy();
        stage = 'handshake';
        const ssh = new NodeSSH();
        const ready = ssh.connect({
          sock,
          host: target.address,
          username: target.user,
          readyTimeout: 0,
          keepaliveInterval: target.keepaliveIntervalMs ?? KEEPALIVE_INTERVAL_MS,
          keepaliveCountMax: target.keepaliveCountMax ?? KEEPALIVE_COUNT_MAX,
          algorithms: { serverHostKey: hostKey.algorithms },
          hostVerifier: (key: Buffer) => hostKey.verify(key),
          authHandler: login.methods(hostKey.maySendPassword),
        });
        const client = ssh.connection;
        if (!client) throw new Error('the SSH library returned no connection');
        client.on('error', () => {});
        client.once('handshake', () => {
          stage = 'login';
        });
        await ready;
        return { client, socket: sock };
      })(),
      signal,
      limit.signal,
    );
  } catch (error) {
    abandon.abort(error);
    destroy();
    signal?.throwIfAborted();
    throw new ConnectFailure(stage, error, limit.signal.aborted);
  } finally {
    clearTimeout(timer);
  }
}
