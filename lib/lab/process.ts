import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlayError } from '../util/errors.ts';

/** A recorded process; the start time distinguishes it from a later process with the same id. */
export interface ProcessRecord {
  readonly pid: number;
  /** Clock ticks since the machine's boot, field 22 of /proc/PID/stat. */
  readonly start: string;
}

/** Parses `PID START`; `undefined` for any other text. */
export function parseRecord(text: string): ProcessRecord | undefined {
  const match = /^(\d+) (\d+)\n?$/.exec(text);
  return match?.[1] && match[2] ? { pid: Number(match[1]), start: match[2] } : undefined;
}

/** The state letter and the start time in /proc/PID/stat, whose second field may contain spaces and parentheses. */
export function parseStat(stat: string): { state: string; start: string } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', start: fields[19] ?? '' };
}

export async function readRecord(file: string): Promise<ProcessRecord | undefined> {
  return parseRecord(await readFile(file, 'utf8').catch(() => ''));
}

/** The record of this process. */
export async function ownRecord(): Promise<string> {
  const { start } = parseStat(await readFile('/proc/self/stat', 'utf8'));
  return `${process.pid} ${start}\n`;
}

/** Whether the recorded process still runs and has `marker` in its command line, so that no other process is ever killed. */
export async function isRunning(record: ProcessRecord, marker: string): Promise<boolean> {
  const read = (name: string) => readFile(`/proc/${record.pid}/${name}`, 'utf8').catch(() => '');
  const [stat, cmdline] = await Promise.all([read('stat'), read('cmdline')]);
  const { state, start } = parseStat(stat);
  return start === record.start && state !== 'Z' && cmdline.includes(marker);
}

/** Whether a process has ended; a zombie counts as ended, because it holds no resources. */
export async function isGone(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat === undefined || parseStat(stat).state === 'Z';
}

/** The descendants of a process, down to this many generations. */
export async function descendantsOf(pid: number, generations: number): Promise<number[]> {
  if (generations === 0) return [];
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const children = text.split(' ').filter(Boolean).map(Number);
  const deeper = await Promise.all(children.map((child) => descendantsOf(child, generations - 1)));
  return [...children, ...deeper.flat()];
}

/** Sends SIGKILL; does nothing when the process has ended already. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Waits until the condition is true, checking every 20 ms. @throws PlayError after `seconds` */
export async function until(isTrue: () => Promise<boolean>, seconds: number, what: string): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) {
      throw new PlayError({ kind: 'failed', what: `waiting for ${what} timed out after ${seconds} s` });
    }
    await sleep(20);
  }
}
