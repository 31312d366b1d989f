import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import type { ClientSpec, QueueSpec } from './spec.ts';

/** How long a broker may take to answer anything, in milliseconds. */
export const PATIENCE = 5000;

/** An open connection with one channel, the queue declared. */
export interface Opened {
  readonly channel: ConfirmChannel;
  /** Resolves when it is gone, by whomever. */
  readonly closed: Promise<string>;
  /** Ends it at once: a broker that hangs is not waited for. */
  end(): void;
}

/** Opens a connection through the virtual address. @throws Error when anything takes longer than {@link PATIENCE} */
export async function open(spec: ClientSpec, queue: QueueSpec): Promise<Opened> {
  const { hostname, port, username, password } = spec;
  const model = await connect(
    {
      protocol: 'amqp',
      hostname,
      port,
      username,
      password,
      vhost: encodeURIComponent(queue.vhost),
      heartbeat: 2,
    },
    { timeout: PATIENCE, noDelay: true },
  );
  const end = () => socketOf(model)?.destroy();
  const closed = new Promise<string>((resolve) => {
    model.on('error', (error: Error) => resolve(error.message));
    model.on('close', (error?: Error) => resolve(error?.message ?? 'closed'));
  });
  try {
    const channel = await within(model.createConfirmChannel());
    channel.on('error', () => end());
    await declare(channel, queue);
    return { channel, closed, end };
  } catch (error) {
    end();
    throw error;
  }
}

/** Makes a queue, if it isn't there. */
export async function declare(channel: ConfirmChannel, { name, durable, type }: QueueSpec): Promise<void> {
  await within(channel.assertQueue(name, { durable, arguments: { 'x-queue-type': type } }));
}

/** @throws Error when it takes too long */
export async function within<T>(work: PromiseLike<T>, ms = PATIENCE): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The library gives no other way to drop a connection whose other side doesn't answer. */
function socketOf(model: ChannelModel): { destroy(): void } | undefined {
  const { connection } = model as unknown as { connection: { stream?: { destroy(): void } } };
  return connection.stream;
}
