import PQueue from 'p-queue';
import type { InventoryHost } from '../inventory/inventory.ts';
import { asPlayError, type PlayError } from '../util/errors.ts';
import { eventError } from './emit.ts';
import type { Running } from './running.ts';

/** Hosts worked on at once when nobody says. */
export const FORKS = 20;

/** The hosts of a play: who is still in it, and work on all of them at once. */
export class PlayHosts {
  readonly #play: string;
  readonly #running: Pick<Running, 'emit' | 'options'>;
  readonly #left: Map<string, InventoryHost>;
  readonly #failed: string[] = [];
  readonly #queue: PQueue;

  constructor(play: string, hosts: readonly InventoryHost[], running: Pick<Running, 'emit' | 'options'>) {
    this.#play = play;
    this.#running = running;
    this.#left = new Map(hosts.map((host) => [host.name, host]));
    this.#queue = new PQueue({ concurrency: running.options.forks ?? FORKS });
  }

  /** Those still in the play, in its order. */
  get left(): readonly InventoryHost[] {
    return [...this.#left.values()];
  }

  /** Those that failed or were lost, by name. */
  get failed(): readonly string[] {
    return this.#failed;
  }

  /** Runs `work` for every host still in the play; a host whose work throws leaves it. */
  async onAll(work: (host: InventoryHost) => Promise<void>): Promise<void> {
    const { signal } = this.#running.options;
    const results = await Promise.allSettled(
      this.left.map((host) =>
        this.inTurn(async () => {
          signal?.throwIfAborted();
          try {
            await work(host);
          } catch (thrown) {
            const error = asPlayError(thrown, 'failed', { host: host.name });
            if (error.kind === 'aborted' || signal?.aborted) throw error;
            this.drop(host.name, error);
          }
        }),
      ),
    );
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /** Runs `work` when fewer hosts are worked on than may be at once. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.add(work);
  }

  /** The host leaves the play, and the run is told why. */
  drop(name: string, error: PlayError): void {
    const { emit } = this.#running;
    const told = eventError(error);
    if (error.kind === 'unreachable') emit({ type: 'unreachable', host: name, error: told });
    else emit({ type: 'host-failed', play: this.#play, host: name, error: told });
    this.leave(name);
  }

  /** The host leaves the play, for a reason that is in the events already. */
  leave(name: string): void {
    if (this.#left.delete(name)) this.#failed.push(name);
  }
}
