import type { Connection } from '../connection/connection.ts';
import { asPlayError } from '../errors.ts';
import { type Epoch, HostSession } from '../host/session.ts';
import type { Host } from '../inventory/inventory.ts';
import type { Redactor } from '../redact.ts';
import type { Emit } from './emit.ts';

/** Opens a connection to a host of the inventory. */
export type Connect = (host: Host, signal: AbortSignal | undefined) => Promise<Connection>;

/** The run's connections: one a host, opened when first needed, and a session for each user that is become. */
export class Pool {
  readonly #connect: Connect;
  readonly #emit: Emit;
  readonly #redactor: Redactor;
  readonly #signal: AbortSignal | undefined;
  readonly #connections = new Map<string, Promise<Connection>>();
  readonly #sessions = new Map<string, HostSession>();
  readonly #epoch: Epoch = { value: 0 };

  constructor(connect: Connect, emit: Emit, redactor: Redactor, signal: AbortSignal | undefined) {
    this.#connect = connect;
    this.#emit = emit;
    this.#redactor = redactor;
    this.#signal = signal;
  }

  /** @throws PlayError `unreachable` */
  async session(host: Host, become: string | undefined): Promise<HostSession> {
    const key = `${become ?? ''}\n${host.name}`;
    const connection = await this.#connection(host);
    const session =
      this.#sessions.get(key) ??
      new HostSession(host.name, connection, become, this.#redactor, this.#epoch, this.#signal);
    this.#sessions.set(key, session);
    return session;
  }

  /** Round trips made to a host so far. */
  roundTrips(host: string): number {
    return [...this.#sessions.values()]
      .filter(({ name }) => name === host)
      .reduce((sum, { roundTrips }) => sum + roundTrips, 0);
  }

  async close(): Promise<void> {
    const closing = [...this.#sessions.values()].map((session) => session.close());
    const rest = [...this.#connections.values()].map((connection) => connection.then((c) => c.close()));
    await Promise.allSettled([...closing, ...rest]);
  }

  #connection(host: Host): Promise<Connection> {
    const known = this.#connections.get(host.name);
    if (known) return known;
    const started = performance.now();
    this.#emit({ type: 'connecting', host: host.name });
    const opening = this.#connect(host, this.#signal).then(
      (connection) => {
        const durationMs = Math.round(performance.now() - started);
        this.#emit({ type: 'connected', host: host.name, durationMs });
        return connection;
      },
      (error: unknown) => {
        throw asPlayError(error, 'unreachable', { host: host.name });
      },
    );
    this.#connections.set(host.name, opening);
    return opening;
  }
}
