import { lines, type Script, sh } from '../sh.ts';

/** One script of a batch, and the user who runs it when that isn't the batch's own. */
export interface Part {
  readonly id: string;
  readonly script: Script;
  readonly as?: string | undefined;
  /** True for an apply: it runs with `set -eu`, and what follows is left out when it fails. */
  readonly apply?: boolean;
}

/**
 * The scripts of a batch as one: each in a subshell of its own, with nothing on stdin, framed by `mark` on both
 * streams. One that exits, fails to parse, prints no newline or changes directory harms none of its neighbours.
 */
export function batchScript(mark: string, parts: readonly Part[]): Script {
  return lines(prelude(mark), ...parts.map(partScript));
}

/**
 * The line that makes a shell, which reads commands from stdin, run a batch. The batch is one quoted word, so a
 * connection that breaks in the middle leaves an unfinished quotation, which no shell runs.
 */
export function batchLine(mark: string, batch: Script, limitSeconds: number): Script {
  return sh`printf '%s' ${batch.quoted()} | timeout -k 10 ${limitSeconds} /bin/sh -c 'eval "$(cat)"'
printf '\n%s over %s\n' ${mark} "$?"; printf '\n%s over\n' ${mark} >&2
`;
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
mark group "$PPID"`;
}
