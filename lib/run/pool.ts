import type { Connection } from '../connection/connection.ts';
import type { Author } from '../host/apply-record.ts';
import { type Epoch, HostSession, type OnScript } from '../host/session.ts';
import type { InventoryHost } from '../inventory/inventory.ts';
import { asPlayError } from '../util/errors.ts';
import type { Redactor } from '../util/redact.ts';
import type { Emit } from './emit.ts';

/** Opens a connection to a host of the inventory. */
export type Connect = (host: InventoryHost, signal: AbortSignal | undefined) => Promise<Connection>;

/** The run's connections: one a host, opened when first needed, and a session for each user that is become. */
export class Pool {
  readonly #connect: Connect;
  readonly #emit: Emit;
  readonly #redactor: Redactor;
  readonly #signal: AbortSignal | undefined;
  readonly #author: Author;
  readonly #scripts: boolean;
  readonly #connections = new Map<string, Promise<Connection>>();
  readonly #sessions = new Map<string, Promise<HostSession>>();
  readonly #opened: HostSession[] = [];
  readonly #epoch: Epoch = { value: 0 };

  constructor(
    connect: Connect,
    emit: Emit,
    redactor: Redactor,
    signal: AbortSignal | undefined,
    author: Author,
    scripts: boolean,
  ) {
    this.#connect = connect;
    this.#emit = emit;
    this.#redactor = redactor;
    this.#signal = signal;
    this.#author = author;
    this.#scripts = scripts;
  }

  /** @throws PlayError `unreachable` */
  session(host: InventoryHost, become: string | undefined): Promise<HostSession> {
    const key = `${become ?? ''}\n${host.name}`;
    const known = this.#sessions.get(key);
    if (known) return known;
    const opening = this.#open(host, become);
    this.#sessions.set(key, opening);
    return opening;
  }

  /** Round trips made to a host so far. */
  roundTrips(host: string): number {
    return this.#opened
      .filter(({ name }) => name === host)
      .reduce((sum, { roundTrips }) => sum + roundTrips, 0);
  }

  async close(): Promise<void> {
    const closing = this.#opened.map((session) => session.close());
    const rest = [...this.#connections.values()].map((connection) => connection.then((c) => c.close()));
    await Promise.allSettled([...closing, ...rest]);
  }

  /** A host counts as connected when its first shell is open: all that connecting costs is then over. */
  async #open(host: InventoryHost, become: string | undefined): Promise<HostSession> {
    const first = !this.#connections.has(host.name);
    const started = performance.now();
    if (first) this.#emit({ type: 'connecting', host: host.name });
    const connection = await this.#connection(host);
    const session = new HostSession(
      host.name,
      connection,
      become,
      this.#redactor,
      this.#epoch,
      this.#signal,
      undefined,
      this.#author,
      this.#scripts ? this.#tellScript(host.name) : undefined,
    );
    this.#opened.push(session);
    await session.open();
    const durationMs = Math.round(performance.now() - started);
    if (first) this.#emit({ type: 'connected', host: host.name, durationMs });
    return session;
  }

  #tellScript(host: string): OnScript {
    return ({ script, as }, reply) =>
      this.#emit({
        type: 'script',
        host,
        ...(as === undefined ? {} : { as }),
        script: script.toString(),
        code: reply?.code,
        stdout: reply?.stdout ?? '',
        stderr: reply?.stderr ?? '',
      });
  }

  #connection(host: InventoryHost): Promise<Connection> {
    const known = this.#connections.get(host.name);
    if (known) return known;
    const opening = this.#connect(host, this.#signal).catch((error: unknown) => {
      throw asPlayError(error, 'unreachable', { host: host.name });
    });
    this.#connections.set(host.name, opening);
    return opening;
  }
}
