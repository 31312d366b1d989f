import { setTimeout as sleep } from 'node:timers/promises';
import { type Opened, open, PATIENCE } from './connection.ts';
import { type ClientSpec, type Happening, messageText, type QueueSpec } from './spec.ts';

/** Messages on their way at a time. */
const WINDOW = 50;
const PAUSE = 200;

/** Publishes numbered messages with confirms until told to stop, and sends again what was not confirmed, as clients do. */
export class Publisher {
  readonly #spec: ClientSpec;
  readonly #queue: QueueSpec;
  readonly #name: string;
  readonly #tell: (happening: Happening) => void;
  /** Sent and not confirmed, with the time it was sent last. */
  readonly #open = new Map<number, number>();
  readonly #returned = new Set<number>();
  #last = 0;
  #stopped = false;

  constructor(spec: ClientSpec, queue: QueueSpec, name: string, tell: (happening: Happening) => void) {
    this.#spec = spec;
    this.#queue = queue;
    this.#name = name;
    this.#tell = tell;
  }

  stop(): void {
    this.#stopped = true;
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#session(await open(this.#spec, this.#queue));
      } catch (error) {
        this.#tell(['close', Date.now(), this.#name, (error as Error).message]);
      }
      if (!this.#stopped) await sleep(PAUSE);
    }
  }

  async #session({ channel, closed, end }: Opened): Promise<void> {
    let why: string | undefined;
    void closed.then((reason) => {
      why = reason;
    });
    channel.on('return', ({ properties }: { properties: { messageId?: string } }) => {
      this.#returned.add(Number(properties.messageId));
    });
    this.#tell(['open', Date.now(), this.#name, '']);
    try {
      for (const number of [...this.#open.keys()]) this.#send(channel, number);
      while (!this.#stopped && why === undefined) {
        if (this.#open.size < WINDOW) {
          this.#last += 1;
          this.#tell(['sent', Date.now(), this.#name, this.#last]);
          this.#send(channel, this.#last);
        }
        await sleep(1000 / this.#spec.rate);
        const oldest = Math.min(...this.#open.values());
        if (Date.now() - oldest > PATIENCE) throw new Error(`no confirm in ${PATIENCE} ms`);
      }
      // What is on its way may still be confirmed.
      for (let i = 0; this.#stopped && why === undefined && this.#open.size > 0 && i < 20; i += 1)
        await sleep(100);
      if (why !== undefined) throw new Error(why);
    } finally {
      end();
    }
  }

  #send(channel: Opened['channel'], number: number): void {
    this.#open.set(number, Date.now());
    const text = messageText(this.#spec.run, this.#name, number);
    const options = { persistent: true, mandatory: true, messageId: String(number) };
    channel.sendToQueue(this.#queue.name, Buffer.from(text), options, (error: unknown) => {
      // Refused, or the connection is gone: sent again.
      if (error) return;
      if (this.#returned.delete(number)) {
        this.#tell(['returned', Date.now(), this.#name, number]);
        return;
      }
      if (this.#open.delete(number)) this.#tell(['confirm', Date.now(), this.#name, number]);
    });
  }
}
