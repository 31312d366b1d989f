import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from '../../../lib/model/events.ts';
import { packageRoot } from '../../../lib/util/package.ts';

/** The lab that all tests on real hosts share; a person's own is not touched. TS_PLAY_TEST_LAB names another, for two test runs side by side. */
export const LAB = process.env.TS_PLAY_TEST_LAB ?? 'e2e';
export const SITE = join(packageRoot, 'playbooks', 'site.ts');
export const PROFILE = join(packageRoot, 'inventory', 'lab.profile.yml');
export const INVENTORY = join(packageRoot, 'inventory', 'lab.yml');
/** A cache of the tests' own, so that what a person has built before makes no test pass or fail. */
const CACHE = mkdtempSync(join(tmpdir(), 'ts-play-e2e-'));
process.on('exit', () => rmSync(CACHE, { recursive: true, force: true }));
const BIN = join(packageRoot, 'lib', 'bin.mjs');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Options {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Milliseconds after which the command is killed. */
  readonly limit?: number;
  /** Called with every line of stdout as it comes. */
  readonly onLine?: (line: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs a command to its end, within a limit. */
export function command(argv: readonly string[], options: Options = {}): Promise<Ended> {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? packageRoot,
      env: { ...process.env, TS_PLAY_CACHE: CACHE, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let partial = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), options.limit ?? 540_000);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const lines = (partial + text).split('\n');
      partial = lines.pop() ?? '';
      for (const line of lines) options.onLine?.(line, (signal) => child.kill(signal));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.on('error', () => {}).end(options.stdin ?? '');
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}

/** The command line itself, as a person calls it. */
export function tsPlay(args: readonly string[], options?: Options): Promise<Ended> {
  return command([process.execPath, BIN, ...args], options);
}

/** `ts-play lab …` on the tests' lab, whose hosts have what the playbooks need. @throws Error when it fails */
export async function lab(verb: string, ...args: readonly string[]): Promise<string> {
  const profile = verb === 'up' ? ['--profile', PROFILE] : [];
  const { code, stdout, stderr } = await tsPlay(['lab', verb, '--name', LAB, ...profile, ...args]);
  if (code !== 0) throw new Error(`lab ${verb} ${args.join(' ')}: exit ${code}\n${stdout}${stderr}`);
  return stdout.trim();
}

/** Runs shell code inside a host, past SSH. @returns its stdout; throws when it fails */
export function on(host: string, script: string): Promise<string> {
  return lab('exec', host, '--', 'sh', '-c', script);
}

/** A run, as the command line tells it with `--output json`. */
export interface Played extends Ended {
  readonly events: readonly RunEvent[];
  readonly recap: Extract<RunEvent, { type: 'recap' }>;
}

/** Runs a playbook on the tests' lab. */
export async function play(
  playbook: string,
  args: readonly string[] = [],
  options: Options & { readonly inventory?: string } = {},
): Promise<Played> {
  const ended = await tsPlay(
    [playbook, '-i', options.inventory ?? INVENTORY, '-e', `lab_name=${LAB}`, '--output', 'json', ...args],
    options,
  );
  const events = ended.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as RunEvent);
  const recap = events.at(-1);
  if (recap?.type !== 'recap')
    throw new Error(`the last line is no recap:\n${ended.stdout}\n${ended.stderr}`);
  return { ...ended, events, recap };
}

export const site = (args?: readonly string[], options?: Options) => play(SITE, args, options);

/** `host | role | task` of every task that ended so. */
/** Tasks with a status; in check mode `changed` is what would change. */
export function tasksWith(status: string, { events }: Played): readonly string[] {
  return events
    .flatMap((event) =>
      event.type === 'task' && event.status.replace('would change', 'changed') === status ? [event] : [],
    )
    .map(({ host, role, task }) => `${host} | ${role} | ${task}`)
    .sort();
}

/** What went wrong, for an assertion's message. */
export function troubles({ events, stderr }: Played): string {
  const errors = events.flatMap((event) => ('error' in event && event.error ? [JSON.stringify(event)] : []));
  return [...errors, stderr].join('\n');
}

/** Asks again until `holds` says so, at most `seconds`. @returns the last answer */
export async function until<T>(
  ask: () => Promise<T>,
  holds: (answer: T) => boolean,
  seconds: number,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (holds(answer) || Date.now() > end) return answer;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
