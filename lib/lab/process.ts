import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlayError } from '../util/errors.ts';

/** A process as it was recorded when it began: the start time tells it from a later one with the same id. */
export interface ProcessRecord {
  readonly pid: number;
  /** Clock ticks since the machine's boot, field 22 of /proc/PID/stat. */
  readonly start: string;
}

/** Reads `PID START`; undefined when it isn't that. */
export function parseRecord(text: string): ProcessRecord | undefined {
  const match = /^(\d+) (\d+)\n?$/.exec(text);
  return match?.[1] && match[2] ? { pid: Number(match[1]), start: match[2] } : undefined;
}

/** State letter and start time out of /proc/PID/stat, whose second field may hold spaces and parentheses. */
export function parseStat(stat: string): { state: string; start: string } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', start: fields[19] ?? '' };
}

export async function readRecord(file: string): Promise<ProcessRecord | undefined> {
  return parseRecord(await readFile(file, 'utf8').catch(() => ''));
}

/** This process, as it has to be recorded. */
export async function ownRecord(): Promise<string> {
  const { start } = parseStat(await readFile('/proc/self/stat', 'utf8'));
  return `${process.pid} ${start}\n`;
}

/** Whether the recorded process still runs and has `marker` among its arguments: nobody else's is ever ended. */
export async function isRunning(record: ProcessRecord, marker: string): Promise<boolean> {
  const read = (name: string) => readFile(`/proc/${record.pid}/${name}`, 'utf8').catch(() => '');
  const [stat, cmdline] = await Promise.all([read('stat'), read('cmdline')]);
  const { state, start } = parseStat(stat);
  return start === record.start && state !== 'Z' && cmdline.includes(marker);
}

/** Whether a process has ended; one that nobody has reaped yet has, and holds nothing any more. */
export async function isGone(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat === undefined || parseStat(stat).state === 'Z';
}

/** Children of a process and theirs, so many generations deep. */
export async function descendantsOf(pid: number, generations: number): Promise<number[]> {
  if (generations === 0) return [];
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const children = text.split(' ').filter(Boolean).map(Number);
  const deeper = await Promise.all(children.map((child) => descendantsOf(child, generations - 1)));
  return [...children, ...deeper.flat()];
}

/** Sends SIGKILL; a process that is gone already is fine. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Waits until it is true, looking every 20 ms; throws after `seconds`. */
export async function until(isTrue: () => Promise<boolean>, seconds: number, what: string): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) {
      throw new PlayError({ kind: 'failed', what: `${what} did not happen within ${seconds} s` });
    }
    await sleep(20);
  }
}
