import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { PlayError } from '../util/errors.ts';
import { lines, type Script, sh } from '../util/sh.ts';

/** A run, as it is described to other runs. */
export interface Author {
  /** Identifies this run. */
  readonly run: string;
  /** The user and the controller, for example `ann@desk`. */
  readonly who: string;
  /** The process id on the controller. */
  readonly process: string;
  readonly playbook: string;
  /** The name of the playbook's lock, if it has one. */
  readonly lock?: string | undefined;
}

/** A description of a running apply. It contains no secret: it is part of a command line on the host. */
export interface ApplyRecord extends Author {
  readonly task: string;
  readonly since: string;
}

/** An apply that is running on a host. */
export interface Underway extends ApplyRecord {
  /** The process id of its shell, and the process group of all its processes. */
  readonly pid: number;
  readonly group: number;
}

/** The most characters of a task's title; people read command lines. */
const MAX_TITLE = 200;

/** The name of applies in command lines. Test runs that share a machine use different names. */
const applyName = () => process.env['TS_PLAY_APPLY_NAME'] ?? 'ts-play-apply';

export function makeAuthor(playbook = 'a playbook', lock?: string): Author {
  const who = `${userName()}@${hostname()}`;
  return { run: randomBytes(6).toString('hex'), who, process: String(process.pid), playbook, lock };
}

export function makeRecord(author: Author, title: string): ApplyRecord {
  const task = title.length > MAX_TITLE ? `${title.slice(0, MAX_TITLE)}…` : title;
  return { ...author, task, since: new Date().toISOString() };
}

/** The command for a shell that evaluates its stdin. Its arguments are the process id of the parent shell and the record. */
export function recordedShell({ run, ...description }: ApplyRecord): Script {
  return sh`/bin/sh -c 'eval "$(cat)"' /bin/sh "$$" ${`${applyName()} ${run} ${JSON.stringify(description)}`}`;
}

/**
 * Marks a recorded shell for other runs: sets its process name (`comm`) to one that contains its own process id. Its
 * subshells inherit the name, but have other ids. Must run before the shell looks for others, so that of two applies
 * that begin at once at least one sees the other.
 */
export function markShell(): Script {
  return sh`{ printf %s "ts-play-$$" >/proc/$$/comm; } 2>/dev/null`;
}

/**
 * Defines the shell function `underway`: it sets `$all` to one line for each apply on the host, except the shell's own.
 * It starts only one program.
 */
export function defineUnderway(): Script {
  const name = applyName();
  return sh`underway() {
  all=
  for at in $(grep -ls '^ts-play-[0-9]' /proc/[0-9]*/comm); do
    at=\${at%/comm}; pid=\${at#/proc/}; line=
    IFS= read -r line <"$at/comm"
    [ "$line" = "ts-play-$pid" ] && [ "$pid" != $$ ] || continue
    line=; IFS= read -r line <"$at/cmdline"
    case $line in *${name}" "*) ;; *) continue ;; esac
    read -r stat <"$at/stat" || continue
    stat=\${stat##*) }; set -- $stat
    all="$all$3 $pid \${line#*${name} }
"
  done 2>/dev/null
}`;
}

/** A script that prints the running applies of a host. */
export function askUnderway(): Script {
  return lines(defineUnderway(), sh`underway; printf %s "$all"`);
}

/** Parses the output of `underway`. Another user of the host may have forged it: treat it as untrusted text. */
export function readUnderway(printed: string): readonly Underway[] {
  return printed.split('\n').flatMap((line) => {
    const [, group, pid, run = '', description = ''] = /^(\d+) (\d+) (\S+) (.*)$/.exec(line) ?? [];
    if (group === undefined || pid === undefined) return [];
    const given = fields(description);
    const field = (name: string) => {
      const value = given[name];
      return typeof value === 'string' ? value.replaceAll(/\p{Cc}+/gu, ' ') : undefined;
    };
    return {
      group: Number(group),
      pid: Number(pid),
      run,
      who: field('who') ?? 'an unknown user',
      process: field('process') ?? '?',
      playbook: field('playbook') ?? 'a playbook',
      lock: field('lock'),
      task: field('task') ?? '?',
      since: field('since') ?? '?',
    };
  });
}

/** Describes an apply: the task, who runs it, since when, and the process. */
export function describeUnderway(apply: Underway): string {
  const { who, process, playbook, task, since, pid } = apply;
  return `"${task}" of ${playbook}, run by ${who} (process ${process}), since ${since}; process ${pid} on the host`;
}

/** What the user can do about applies that block the run. */
export function howToEnd(found: readonly Underway[]): string {
  const groups = [...new Set(found.map(({ group }) => -group))];
  return `wait for it to end, or end it on the host: kill -TERM ${groups.join(' ')}`;
}

/** The error when another run is changing the host; this run has not changed anything there. */
export function stillUnderway(host: string, found: readonly Underway[]): PlayError {
  return new PlayError({
    kind: 'failed',
    what: 'another run is still changing this host; nothing was changed',
    why: found.map(describeUnderway).join('\n'),
    next: `${howToEnd(found)}; then run again`,
    where: { host },
  });
}

/** Falls back to the uid: in some containers the user has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? '?'}`;
  }
}

function fields(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
