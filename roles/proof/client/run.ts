import { createWriteStream } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { declare, open, within } from './connection.ts';
import { Consumer } from './consumer.ts';
import { figuresOf } from './figures.ts';
import { watchFront } from './front.ts';
import { Publisher } from './publisher.ts';
import { type ClientSpec, type Happening, messageText, publisherName, type QueueSpec } from './spec.ts';

/** Confirms that each publisher has before the clients count as at work. */
const WARM = 20;
/** Seconds that reading on may bring nothing, and that it may take in all. */
const QUIET = 5;
const DRAIN = 60;

/** Runs all clients of a run until SIGTERM, or until they are too old; leaves `figures.json` in the folder. */
export async function runClients(folder: string, spec: ClientSpec): Promise<void> {
  const happenings: Happening[] = [];
  const journal = createWriteStream(join(folder, 'journal.jsonl'));
  const tell = (happening: Happening) => {
    happenings.push(happening);
    journal.write(`${JSON.stringify(happening)}\n`);
  };
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    setTimeout(resolve, spec.atMost * 1000).unref();
  });
  await writeFile(join(folder, 'pid'), String(process.pid));

  for (const queue of spec.queues) await emptied(spec, queue);
  await founded(
    spec,
    spec.queues.filter(({ control }) => control),
  );
  const consumers = new Map(spec.queues.map((queue) => [queue.kind, new Consumer(spec, queue, tell)]));
  const publishers = spec.queues.flatMap((queue) =>
    Array.from({ length: spec.publishers }, (_, i) => {
      const name = publisherName(queue, i + 1);
      return { name, publisher: new Publisher(spec, queue, name, tell) };
    }),
  );
  const publishing = publishers.map(({ publisher }) => publisher.run());
  for (const { kind, consumed } of spec.queues) if (consumed) void consumers.get(kind)?.run();
  const quiet = watchFront(spec, tell);
  void warm(
    publishers.map(({ name }) => name),
    happenings,
  ).then(() => writeFile(join(folder, 'ready'), ''));

  await stopped;
  const to = Date.now();
  quiet();
  for (const { publisher } of publishers) publisher.stop();
  await Promise.all(publishing);
  for (const { kind, consumed } of spec.queues) if (!consumed) void consumers.get(kind)?.run();
  await drained(spec, happenings);
  for (const consumer of consumers.values()) consumer.stop();
  await sleep(500);

  await new Promise<void>((resolve) => journal.end(resolve));
  await writeFile(join(folder, 'figures.part'), JSON.stringify(figuresOf(spec, happenings, to)));
  await rename(join(folder, 'figures.part'), join(folder, 'figures.json'));
  for (const queue of spec.queues) await removed(spec, queue).catch(() => {});
}

/** A queue that an earlier run left is deleted, so that nothing of it comes again. */
async function emptied(spec: ClientSpec, queue: QueueSpec): Promise<void> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      await removed(spec, queue);
      return;
    } catch (error) {
      if (attempts === 10) throw error;
      await sleep(500);
    }
  }
}

/** Unreplicated queues are where they are declared: made over one connection, one host has them all. */
async function founded(spec: ClientSpec, [first, ...rest]: readonly QueueSpec[]): Promise<void> {
  if (first === undefined) return;
  const { channel, end } = await open(spec, first);
  try {
    for (const queue of rest) await declare(channel, queue);
  } finally {
    end();
  }
}

async function removed(spec: ClientSpec, queue: QueueSpec): Promise<void> {
  const { channel, end } = await open(spec, queue);
  try {
    await within(channel.deleteQueue(queue.name));
  } finally {
    end();
  }
}

async function warm(names: readonly string[], happenings: readonly Happening[]): Promise<void> {
  for (;;) {
    const counts = new Map<string, number>();
    for (const [what, , who] of happenings) {
      if (what === 'confirm') counts.set(who, (counts.get(who) ?? 0) + 1);
    }
    if (names.every((name) => (counts.get(name) ?? 0) >= WARM)) return;
    await sleep(200);
  }
}

/** Waits until all that was confirmed has come, or nothing comes any more. */
async function drained({ run }: ClientSpec, happenings: readonly Happening[]): Promise<void> {
  const end = Date.now() + DRAIN * 1000;
  const awaited = new Set<string>();
  for (const [what, , who, which] of happenings) {
    if (what === 'confirm') awaited.add(messageText(run, who, which));
  }
  let read = 0;
  let since = Date.now();
  while (Date.now() < end) {
    const fresh = happenings.slice(read);
    read = happenings.length;
    for (const [what, , , which] of fresh) {
      if (what === 'confirm') continue;
      if (what === 'deliver') {
        awaited.delete(which);
        since = Date.now();
      }
    }
    // What was sent twice may come twice: a second more for that.
    if (Date.now() - since > (awaited.size === 0 ? 1 : QUIET) * 1000) return;
    await sleep(200);
  }
}
