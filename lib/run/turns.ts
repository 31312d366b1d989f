import PQueue from 'p-queue';

/** Lets hosts of one run take turns at what only one of them may do at a time, by key. */
export class Turns {
  readonly #queues = new Map<string, PQueue>();

  /** Runs `work` when it is this caller's turn. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(key) ?? new PQueue({ concurrency: 1 });
    this.#queues.set(key, queue);
    return queue.add(work);
  }
}
