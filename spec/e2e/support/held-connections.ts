import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';

/**
 * Holds connections that publish with confirms, opens further ones all the time, and tells how many were closed or
 * refused: `held-connections.js HOST PORT SECONDS`, the password on stdin.
 */
const [, , hostname = '', port = '', seconds = '5'] = process.argv;
const HELD = 12;
const report = { confirmed: 0, closed: 0, opened: 0, refused: 0 };
const password = await readStdin();
let over = false;

const held = await Promise.all(Array.from({ length: HELD }, () => open()));
const end = Date.now() + Number(seconds) * 1000;
for (const { connection } of held) {
  connection.on('close', () => {
    if (!over) report.closed += 1;
  });
}
await Promise.all([...held.map(publish), openMore()]);
over = true;
console.log(JSON.stringify(report));
process.exit(0);

async function open() {
  const connection = await connect(
    { hostname, port: Number(port), username: 'admin', password, heartbeat: 10 },
    { timeout: 3000 },
  );
  connection.on('error', () => {});
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  const { queue } = await channel.assertQueue('', { exclusive: true });
  return { connection, channel, queue };
}

async function publish({ channel, queue }: Awaited<ReturnType<typeof open>>): Promise<void> {
  try {
    while (Date.now() < end) {
      channel.sendToQueue(queue, Buffer.from('x'));
      await channel.waitForConfirms();
      report.confirmed += 1;
      await sleep(20);
    }
  } catch {
    // Its connection was closed, and counted.
  }
}

async function openMore(): Promise<void> {
  while (Date.now() < end) {
    try {
      const { connection } = await open();
      report.opened += 1;
      await connection.close();
    } catch {
      report.refused += 1;
    }
    await sleep(50);
  }
}

async function readStdin(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  return text.trim();
}
