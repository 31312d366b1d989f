import { setTimeout as sleep } from 'node:timers/promises';
import { open, within } from './connection.ts';
import type { ClientSpec, Happening, QueueSpec } from './spec.ts';

/** Reads a queue until told to stop, acknowledging each message once it is written down. */
export class Consumer {
  readonly #spec: ClientSpec;
  readonly #queue: QueueSpec;
  readonly #tell: (happening: Happening) => void;
  readonly #stop = new AbortController();

  constructor(spec: ClientSpec, queue: QueueSpec, tell: (happening: Happening) => void) {
    this.#spec = spec;
    this.#queue = queue;
    this.#tell = tell;
  }

  stop(): void {
    this.#stop.abort();
  }

  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#session().catch(() => {});
      if (!this.#stop.signal.aborted) await sleep(200);
    }
  }

  async #session(): Promise<void> {
    const { channel, closed, end } = await open(this.#spec, this.#queue);
    const stopped = new Promise<void>((resolve) => {
      this.#stop.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    try {
      await within(channel.prefetch(100));
      const cancelled = new Promise<void>((resolve, reject) => {
        const hear = (message: { content: Buffer } | null) => {
          if (message === null) return resolve();
          this.#tell(['deliver', Date.now(), this.#queue.kind, message.content.toString()]);
          channel.ack(message as Parameters<typeof channel.ack>[0]);
        };
        within(channel.consume(this.#queue.name, hear)).catch(reject);
      });
      await Promise.race([closed, stopped, cancelled]);
      // Acknowledgements are on their way.
      if (this.#stop.signal.aborted) await within(channel.close()).catch(() => {});
    } finally {
      end();
    }
  }
}
