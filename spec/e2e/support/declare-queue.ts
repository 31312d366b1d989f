import { connect } from 'amqplib';

/**
 * Declares durable queues as programs do that say nothing of a type: `declare-queue.js URL NAME…`, the password on stdin.
 * Prints one line for each: `ok`, or the broker's own words.
 */
const [, , url = '', ...names] = process.argv;
const { hostname, port, username } = new URL(url);
let password = '';
for await (const chunk of process.stdin) password += String(chunk);

const connection = await connect(
  { hostname, port: Number(port), username, password: password.trim() },
  { timeout: 5000 },
);
connection.on('error', () => {});
for (const name of names) console.log(await declare(name));
await connection.close();

/** On a channel of its own: the broker closes one on which it refuses something. */
async function declare(name: string): Promise<string> {
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  try {
    await channel.assertQueue(name, { durable: true });
    return 'ok';
  } catch (error) {
    return String(error).replaceAll('\n', ' ');
  }
}
