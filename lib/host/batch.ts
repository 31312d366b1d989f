import { lines, type Script, sh } from '../util/sh.ts';
import { type ApplyRecord, defineUnderway, makeKnown, recordedShell } from './apply-record.ts';
import { sweepScript } from './uploads.ts';

/** One script of a batch, and the user who runs it when that isn't the batch's own. */
export interface Part {
  readonly id: string;
  readonly script: Script;
  readonly as?: string | undefined;
  /** True for an apply: it runs with `set -eu`, and what follows is left out when it fails. */
  readonly apply?: boolean;
}

/** Says, in a batch that changes something, that it did not: the applies of other runs stand in the reply of this name. */
export const REFUSED = 'refused';
/** What a batch that was refused ends with: as `EX_TEMPFAIL`. */
const REFUSED_CODE = 75;

/**
 * The scripts of a batch as one: each in a subshell of its own, with nothing on stdin, framed by `mark` on both
 * streams. One that exits, fails to parse, prints no newline or changes directory harms none of its neighbours.
 * @param record what changes something says of itself; it begins only where no other run's apply is under way
 */
export function batchScript(mark: string, parts: readonly Part[], record?: ApplyRecord): Script {
  return lines(prelude(mark), record && guard(record), ...parts.map(partScript));
}

export interface LineOptions {
  readonly limitSeconds: number;
  readonly record?: ApplyRecord | undefined;
  /** Puts a relay between the shell's output and its reader, for this batch and all that follow. */
  readonly relay?: boolean;
}

/**
 * The line that makes a shell, which reads commands from stdin, run a batch. The batch is one quoted word, so a
 * connection that breaks in the middle leaves an unfinished quotation, which no shell runs.
 */
export function batchLine(
  mark: string,
  batch: Script,
  { limitSeconds, record, relay = false }: LineOptions,
): Script {
  const shell = record ? recordedShell(record) : sh`/bin/sh -c 'eval "$(cat)"'`;
  const line = sh`printf '%s' ${batch.quoted()} | timeout -k 10 ${limitSeconds} ${shell}
printf '\n%s over %s\n' ${mark} "$?"; printf '\n%s over\n' ${mark} >&2
`;
  return relay ? relayed(line) : line;
}

/**
 * Has a shell run the code, and then all further commands, with output that outlives its reader: each stream goes
 * through a `tee`, which reads on when the connection is lost. A script then neither dies of a closed pipe nor fails from
 * one. It is a relay for the shell, not for the batch: what a script leaves running may hold its streams for ever.
 */
function relayed(code: Script): Script {
  const relay = sh`{ trap '' PIPE; exec tee /dev/null 2>/dev/null; }`;
  return sh`{ { { ${code}exec /bin/sh; } 2>&1 1>&3 3>&- | ${relay} 1>&2 3>&-; } 3>&1 | ${relay}; }
`;
}

/** Ends the batch when another run's apply is under way; else takes away what was left by runs that were cut off. */
function guard({ run }: ApplyRecord): Script {
  return lines(
    sh`owner=$1`,
    makeKnown(),
    defineUnderway(),
    sh`underway
if [ -n "$all" ] && others=$(printf %s "$all" | grep -v ${`^[0-9]* [0-9]* ${run} `}); then
  mark begin ${REFUSED}; printf '%s\n' "$others"; mark end ${REFUSED} ${REFUSED_CODE}; exit 0
fi`,
    sweepScript(),
    sh`unset all others at pid line left name of`,
  );
}

function partScript({ id, script, as, apply }: Part): Script {
  const code = apply ? lines(sh`set -eu`, script) : script;
  const run = as === undefined ? sh`here ${code.quoted()}` : sh`as ${as} ${code.quoted()}`;
  return apply ? sh`frame ${id} ${run}; [ "$code" = 0 ] || exit 0` : sh`frame ${id} ${run}`;
}

function prelude(mark: string): Script {
  return sh`unset CDPATH ENV; export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 022; cd /
mark() { printf '\n%s %s\n' ${mark} "$*"; printf '\n%s %s\n' ${mark} "$*" >&2; }
here() { code=$1; set --; eval "$code"; }
as() {
  if [ "$(id -un)" = "$1" ]; then here "$2"; return; fi
  home=$(getent passwd "$1" | cut -d: -f6)
  if [ "$(id -u)" = 0 ] && command -v runuser >/dev/null; then
    printf '%s' "$2" | HOME=$home runuser -u "$1" -- /bin/sh -c 'eval "$(cat)"'
  else
    printf '%s' "$2" | sudo -n -H -u "$1" -- /bin/sh -c 'eval "$(cat)"'
  fi
}
frame() { id=$1; shift; mark begin "$id"; ( "$@" ) </dev/null; code=$?; mark end "$id" "$code"; }
group() { { read -r stat </proc/$$/stat && stat=\${stat##*) } && set -- $stat; } 2>/dev/null && mark group "$3" || mark group "$PPID"; }
group`;
}
