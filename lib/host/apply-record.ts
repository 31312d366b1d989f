import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { PlayError } from '../util/errors.ts';
import { lines, type Script, sh } from '../util/sh.ts';

/** A run, as other runs are told of it. */
export interface Author {
  /** Tells this run from all others. */
  readonly run: string;
  /** A person and a machine, as in `ann@desk`. */
  readonly who: string;
  /** The process there. */
  readonly process: string;
  readonly playbook: string;
  /** The name of the playbook's lock. */
  readonly lock?: string | undefined;
}

/** What an apply says of itself while it runs. Never a secret: it stands in a command line on the host. */
export interface ApplyRecord extends Author {
  readonly task: string;
  readonly since: string;
}

/** An apply that runs on a host now. */
export interface Underway extends ApplyRecord {
  /** The shell that does it, and the process group of all it started. */
  readonly pid: number;
  readonly group: number;
}

/** Titles of tasks may be long, and command lines are read by people. */
const LONGEST_TITLE = 200;

/** Names an apply in a command line. Test runs that share a machine have a name each. */
const nameOfApplies = () => process.env['TS_PLAY_APPLY_NAME'] ?? 'ts-play-apply';

export function makeAuthor(playbook = 'a playbook', lock?: string): Author {
  const who = `${userName()}@${hostname()}`;
  return { run: randomBytes(6).toString('hex'), who, process: String(process.pid), playbook, lock };
}

export function makeRecord(author: Author, title: string): ApplyRecord {
  const task = title.length > LONGEST_TITLE ? `${title.slice(0, LONGEST_TITLE)}…` : title;
  return { ...author, task, since: new Date().toISOString() };
}

/** The words that start a shell which evaluates its stdin. Its arguments are the id of the shell that starts it, and the record. */
export function recordedShell({ run, ...told }: ApplyRecord): Script {
  return sh`/bin/sh -c 'eval "$(cat)"' /bin/sh "$$" ${`${nameOfApplies()} ${run} ${JSON.stringify(told)}`}`;
}

/**
 * Makes a recorded shell known as one: it tells the kernel a name with its own process id. Its subshells have that
 * name, too, but other ids. Before it looks for others: of two that begin at once, one sees the other.
 */
export function makeKnown(): Script {
  return sh`{ printf %s "ts-play-$$" >/proc/$$/comm; } 2>/dev/null`;
}

/** Defines `underway`, which puts a line into `$all` for each apply on the host but the shell's own. It starts one program. */
export function defineUnderway(): Script {
  const name = nameOfApplies();
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

/** Asks a host for the applies that run there. */
export function askUnderway(): Script {
  return lines(defineUnderway(), sh`underway; printf %s "$all"`);
}

/** Reads what `underway` printed. Another user of the host may have made it up: it is text, and nothing else. */
export function readUnderway(printed: string): readonly Underway[] {
  return printed.split('\n').flatMap((line) => {
    const [, group, pid, run = '', told = ''] = /^(\d+) (\d+) (\S+) (.*)$/.exec(line) ?? [];
    if (group === undefined || pid === undefined) return [];
    const given = fields(told);
    const field = (name: string) => {
      const value = given[name];
      return typeof value === 'string' ? value.replaceAll(/\p{Cc}+/gu, ' ') : undefined;
    };
    return {
      group: Number(group),
      pid: Number(pid),
      run,
      who: field('who') ?? 'somebody',
      process: field('process') ?? '?',
      playbook: field('playbook') ?? 'a playbook',
      lock: field('lock'),
      task: field('task') ?? '?',
      since: field('since') ?? '?',
    };
  });
}

/** One apply in words: who, which task, since when, and as which process. */
export function describeUnderway(apply: Underway): string {
  const { who, process, playbook, task, since, pid } = apply;
  return `"${task}" of ${playbook}, run by ${who} (process ${process}), since ${since}; process ${pid} on the host`;
}

/** What a person can do about applies that are in the way. */
export function howToEnd(found: readonly Underway[]): string {
  const groups = [...new Set(found.map(({ group }) => -group))];
  return `wait for it to end, or end it on the host: kill -TERM ${groups.join(' ')}`;
}

/** What is thrown when a host is being changed by another run, before this one changes anything there. */
export function stillUnderway(host: string, found: readonly Underway[]): PlayError {
  return new PlayError({
    kind: 'failed',
    what: 'a script of another run still runs on this host: nothing was changed',
    why: found.map(describeUnderway).join('\n'),
    next: `${howToEnd(found)}; then run this again`,
    where: { host },
  });
}

/** A user without a name, as in some containers, is no reason to run nothing. */
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
