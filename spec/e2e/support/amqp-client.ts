import { setTimeout as sleep } from 'node:timers/promises';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';

/**
 * An AMQP client that publishes with confirms and consumes what it published, reconnecting as real clients do, and
 * then tells which confirmed messages it never got: `amqp-client.js URL SECONDS`, the password on stdin.
 */
const [, , url = '', seconds = '5'] = process.argv;
const QUEUE = 'e2e.client';
const confirmed = new Set<string>();
const consumed = new Set<string>();
let reconnects = -1;
let node = '';
let next = 0;

const end = Date.now() + Number(seconds) * 1000;
const password = await readStdin();

while (Date.now() < end) {
  try {
    await session(end);
  } catch {
    await sleep(200);
  }
}
// What is confirmed may still be on its way: it is fetched until nothing comes any more.
for (let round = 0; round < 30 && lost().length > 0; round += 1) {
  await drain().catch(() => sleep(500));
}
console.log(
  JSON.stringify({
    confirmed: confirmed.size,
    consumed: consumed.size,
    lost: lost().length,
    reconnects,
    node,
  }),
);
process.exit(0);

function lost(): readonly string[] {
  return [...confirmed].filter((id) => !consumed.has(id));
}

async function open(): Promise<{ connection: ChannelModel; channel: ConfirmChannel }> {
  const { hostname, port, username } = new URL(url);
  const connection = await connect(
    { hostname, port: Number(port), username, password, heartbeat: 2 },
    { timeout: 3000 },
  );
  connection.on('error', () => {});
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  await channel.assertQueue(QUEUE, { durable: true });
  return { connection, channel };
}

async function session(until: number): Promise<void> {
  const { connection, channel } = await open();
  reconnects += 1;
  node = String(connection.connection.serverProperties['cluster_name'] ?? '');
  let closed = false;
  connection.on('close', () => {
    closed = true;
  });
  await channel.consume(QUEUE, (message) => {
    if (message === null) return;
    consumed.add(message.content.toString());
    channel.ack(message);
  });
  try {
    while (!closed && Date.now() < until) {
      const id = `${process.pid}-${next}`;
      next += 1;
      await published(channel, id);
      confirmed.add(id);
      await sleep(10);
    }
  } finally {
    await Promise.race([connection.close().catch(() => {}), sleep(1000)]);
  }
}

/** Resolves when the broker has confirmed; a broker that says nothing for 5 s has failed. */
function published(channel: ConfirmChannel, id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no confirm')), 5000);
    channel.sendToQueue(QUEUE, Buffer.from(id), { persistent: true }, (error: unknown) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve();
    });
  });
}

async function drain(): Promise<void> {
  const { connection, channel } = await open();
  for (;;) {
    const message = await channel.get(QUEUE);
    if (message === false) break;
    consumed.add(message.content.toString());
    channel.ack(message);
  }
  await connection.close();
  await sleep(300);
}

async function readStdin(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  return text.trim();
}
