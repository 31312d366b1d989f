// The proof's clients, a process of their own: main.js start FOLDER [WRAPPER…], run FOLDER, stop FOLDER, kill FOLDER.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runClients } from './run.ts';
import type { ClientSpec } from './spec.ts';

/** Seconds that the clients have to read on and to write their figures. */
const STOP_SECONDS = 100;

const [, program = '', verb, folder, ...wrapper] = process.argv;
if (folder === undefined) {
  console.error('usage: main start|run|stop|kill FOLDER');
  process.exit(1);
}
if (verb === 'start') await start(folder);
else if (verb === 'run') await run(folder);
else if (verb === 'stop') await stop(folder);
else if (verb === 'kill') signal(folder, 'SIGKILL');

/** Starts `run` apart from this process, with what this one gets on stdin. */
async function start(work: string): Promise<void> {
  signal(work, 'SIGKILL');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const log = openSync(join(work, 'log'), 'a');
  const [command = process.execPath, ...args] = [...wrapper, process.execPath, program, 'run', work];
  const child = spawn(command, args, { detached: true, stdio: ['pipe', log, log] });
  const { stdin } = child;
  if (stdin === null) throw new Error('a pipe was asked for');
  stdin.end(readFileSync(0));
  await new Promise((resolve) => stdin.once('close', resolve));
  child.unref();
  for (let i = 0; i < 100 && pidOf(work) === undefined && child.exitCode === null; i += 1) await sleep(100);
  if (pidOf(work) !== undefined) process.exit(0);
  console.error(readFileSync(join(work, 'log'), 'utf8') || 'the clients did not start');
  process.exit(1);
}

async function run(work: string): Promise<void> {
  const spec = JSON.parse(readFileSync(0, 'utf8')) as ClientSpec;
  try {
    supersede(spec);
    await runClients(work, spec);
    process.exit(0);
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}

/** Ends clients of the same cluster that somebody forgot: they would read what these are to read. */
function supersede({ hostname, port }: ClientSpec): void {
  // Two labs have the same addresses, each on a network of its own.
  const network = existsSync('/proc/self/ns/net') ? readlinkSync('/proc/self/ns/net') : 'net';
  const folder = join(
    homedir(),
    '.cache',
    'ts-play',
    'prove',
    `${network}-${hostname}-${port}`.replaceAll(/[^\w.-]/g, '-'),
  );
  mkdirSync(folder, { recursive: true });
  const before = pidOf(folder, basename(program));
  if (before !== undefined) process.kill(before, 'SIGKILL');
  writeFileSync(join(folder, 'pid'), String(process.pid));
}

/** Tells the clients to stop, and waits for their figures. */
async function stop(work: string): Promise<void> {
  const figures = join(work, 'figures.json');
  signal(work, 'SIGTERM');
  for (let i = 0; i < STOP_SECONDS * 5; i += 1) {
    if (existsSync(figures)) process.exit(0);
    if (pidOf(work) === undefined) break;
    await sleep(200);
  }
  if (existsSync(figures)) process.exit(0);
  console.error(`the clients left no figures: see ${join(work, 'log')}`);
  process.exit(1);
}

function signal(work: string, name: NodeJS.Signals): void {
  const pid = pidOf(work);
  if (pid !== undefined) process.kill(pid, name);
}

/** The clients' process, if it runs: another that got its number later is not taken for it. */
function pidOf(work: string, called = work): number | undefined {
  const file = join(work, 'pid');
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8'));
  try {
    process.kill(pid, 0);
    const proc = `/proc/${pid}/cmdline`;
    return !existsSync(proc) || readFileSync(proc, 'utf8').includes(called) ? pid : undefined;
  } catch {
    return undefined;
  }
}
