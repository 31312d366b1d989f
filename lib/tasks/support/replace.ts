import { Secret } from '../../util/secret.ts';
import { lines, type Script, sh } from '../../util/sh.ts';
import { type Attributes, setAttributes } from './attributes.ts';
import { type Content, writeContent } from './content.ts';
import { besideName } from './paths.ts';

/** A command that checks a file before it is put in place; `candidate` is its path as a quoted shell word. */
export type Validate = (candidate: Script) => Script;

export interface Replacement {
  readonly path: string;
  readonly content: Content;
  /** What the new file gets; for an existing one the caller passes what it has. */
  readonly attributes: Attributes;
  readonly validate?: Validate | undefined;
  /** Keep a copy of the old file beside it, as `PATH.YYYYmmdd-HHMMSS~`. */
  readonly backup?: boolean | undefined;
  /** Refuse when the file is no longer the one with this sha256, or no longer `absent`. */
  readonly expect?: string | undefined;
}

/**
 * Puts a whole file in place at once: written beside as 0600, checked, given its owner, mode and SELinux label,
 * synced, renamed. A reader sees the old file or the new one. Behind a symbolic link the file it names is replaced.
 */
export function replaceFile({ path, content, attributes, validate, backup, expect }: Replacement): Script {
  const beside = besideName(path);
  const candidate = sh`"$candidate"`;
  return lines(
    // A subshell: its trap is its own. What an earlier, interrupted run left beside is removed first.
    sh`(
umask 077
path=${path}
candidate= stage=
if [ -L "$path" ]; then
  path=$(readlink -f -- "$path") || { printf '%s is a link that leads nowhere\n' ${path} >&2; exit 1; }
fi
dir=\${path%/*}/
if [ ! -d "$dir" ]; then printf "the directory %s doesn't exist\n" "$dir" >&2; exit 1; fi
if [ -d "$path" ]; then printf '%s is a directory\n' "$path" >&2; exit 1; fi`,
    expect !== undefined && guard(expect, content.secret),
    sh`rm -f -- "$dir"${beside}??????
trap 'code=$?; if [ "$code" != 0 ] && [ -n "$stage" ]; then printf "%s\n" "$stage" >&2; fi
[ -z "$candidate" ] || rm -f -- "$candidate"; exit "$code"' EXIT
trap 'exit 143' HUP INT TERM
candidate=$(mktemp "$dir"${`${beside}XXXXXX`})
${writeContent(content, candidate)}`,
    setAttributes(candidate, attributes),
    sh`new=1
if [ -e "$path" ]; then new=; fi
if [ -z "$new" ] && command -v selinuxenabled >/dev/null && selinuxenabled; then
  chcon --reference="$path" -- "$candidate" || :
fi`,
    validate &&
      sh`stage="the new content of $path didn't pass its check: the file stays as it was"
(
${validate(candidate)}
) </dev/null
stage=`,
    backup && copyAside(sh`"$path"`),
    sh`sync "$candidate" 2>/dev/null || :
mv -f -- "$candidate" "$path"
candidate=
sync "$dir" 2>/dev/null || :
if [ -n "$new" ]; then
${relabel(sh`"$path"`)}
fi
)`,
  );
}

/** Copies a file that exists to `PATH.YYYYmmdd-HHMMSS~`. */
export function copyAside(path: Script): Script {
  return sh`if [ -f ${path} ]; then cp -p -- ${path} ${path}.$(date +%Y%m%d-%H%M%S)~; fi`;
}

/** Gives something new the SELinux label of its place, where there are labels. */
export function relabel(path: Script): Script {
  return sh`if command -v selinuxenabled >/dev/null && selinuxenabled && command -v restorecon >/dev/null; then
  restorecon ${path}
fi`;
}

function guard(expect: string, isSecret: boolean): Script {
  const changed = sh`{ printf '%s was changed by someone else meanwhile: run again\n' "$path" >&2; exit 1; }`;
  if (expect === 'absent') return sh`[ ! -e "$path" ] || ${changed}`;
  return sh`now=$(sha256sum <"$path")
[ "\${now%% *}" = ${isSecret ? new Secret(expect) : expect} ] || ${changed}`;
}
