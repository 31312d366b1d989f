import { lines, type Script, sh } from '../util/sh.ts';
import { type ApplyRecord, defineUnderway, markShell, recordedShell } from './apply-record.ts';
import { sweepScript } from './uploads.ts';

/** One script of a batch, and the user to run it as, if that differs from the batch's user. */
export interface Part {
  readonly id: string;
  readonly script: Script;
  readonly as?: string | undefined;
  /** True for an apply: it runs with `set -eu`, and when it fails, the rest of the batch is skipped. */
  readonly apply?: boolean;
}

/** The id of the reply of a batch that was refused: it lists the running applies of other runs. */
export const REFUSED = 'refused';
/** The exit code of a refused batch: `EX_TEMPFAIL`. */
const REFUSED_CODE = 75;

/**
 * Combines the scripts of a batch into one. Each runs in a subshell of its own with an empty stdin, between lines with
 * `mark` on both streams. A script that exits, has a syntax error, prints no final newline or changes the directory
 * does not affect the others.
 * @param record for a batch that changes something: its description. The batch is refused while an apply of another run
 * is running.
 */
export function batchScript(mark: string, parts: readonly Part[], record?: ApplyRecord): Script {
  return lines(prelude(mark), record && guard(record), ...parts.map(partScript));
}

export interface LineOptions {
  readonly limitSeconds: number;
  readonly record?: ApplyRecord | undefined;
  /** Adds a relay between the shell's output and its reader, for this batch and all later ones. */
  readonly relay?: boolean;
}

/**
 * The line that makes a shell that reads commands from stdin run a batch. The batch is one quoted word: when the
 * connection breaks in the middle, the quote stays open, and the shell runs nothing.
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
 * Makes a shell run the code and all later commands with a relay for its output: each stream goes through a `tee` that
 * continues to read when the connection is lost, so that no script fails because of a closed pipe. The relay belongs to
 * the shell, not to the batch, because a process that a script leaves running may keep its streams open for ever.
 */
function relayed(code: Script): Script {
  const relay = sh`{ trap '' PIPE; exec tee /dev/null 2>/dev/null; }`;
  return sh`{ { { ${code}exec /bin/sh; } 2>&1 1>&3 3>&- | ${relay} 1>&2 3>&-; } 3>&1 | ${relay}; }
`;
}

/** Refuses the batch while another run's apply is running; otherwise removes the files of interrupted runs. */
function guard({ run }: ApplyRecord): Script {
  return lines(
    sh`owner=$1`,
    markShell(),
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
