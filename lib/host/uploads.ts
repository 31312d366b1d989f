import { type Upload, uploadedPath } from '../model/task.ts';
import { lines, quote, type Script, sh } from '../util/sh.ts';

/**
 * Prefix of the folders for uploads. A folder's name contains the process id and the start time of the run's shell on
 * the host. That shell ends with the connection, so a folder whose shell does not exist any more can be removed.
 */
const FOLDERS = '/var/tmp/ts-play-';

/** Defines the shell function `since`: it prints the start time of a process, in clock ticks since boot. */
function defineSince(): Script {
  return sh`since() { { read -r stat <"/proc/$1/stat" && stat=\${stat##*) } && set -- $stat && printf %s "\${20}"; } 2>/dev/null; }`;
}

/** Creates a folder for the uploads of one apply, and prints its path. `$owner` is the process id of the run's shell. */
export function claimScript(): Script {
  return lines(defineSince(), sh`umask 077; mktemp -d ${FOLDERS}"$owner-$(since "$owner").XXXXXX"`);
}

/** Writes stdin to a file in the folder and verifies its checksum. Removes the folder when it is interrupted or fails. */
export function receiveScript({ sha256 }: Upload, folder: string): Script {
  const to = `${folder}/${sha256}`;
  // dash runs no EXIT trap when a signal ends it, so each signal has a trap that exits. SIGPIPE is ignored.
  return sh`umask 077
trap '' PIPE; trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM
trap ${`rm -rf -- ${quote(folder)}`} EXIT
cat >${`${to}.part`} || exit 1
sum=$(sha256sum <${`${to}.part`} | cut -d" " -f1)
[ "$sum" = ${sha256} ] || { echo "sha256 is $sum, not ${sha256}" >&2; exit 1; }
mv -fT ${`${to}.part`} ${to} || exit 1
trap - EXIT`;
}

/** Moves the uploads to the paths where their apply expects them; runs directly before the apply. */
export function layScript(uploads: readonly Upload[], folder: string): Script {
  return lines(
    ...uploads.map((upload) => sh`mv -fT ${`${folder}/${upload.sha256}`} ${uploadedPath(upload)}`),
  );
}

/** Removes the uploads of one apply and their folder. */
export function tidyScript(uploads: readonly Upload[], folder: string): Script {
  const moved = uploads.map(
    (upload) => sh`[ -e ${`${folder}/${upload.sha256}`} ] || rm -f -- ${uploadedPath(upload)}`,
  );
  return lines(...moved, sh`rm -rf -- ${folder}`);
}

/** Removes the uploads of interrupted runs. `$all` lists the running applies; files that one of them may use are kept. */
export function sweepScript(): Script {
  return lines(
    defineSince(),
    sh`for left in ${FOLDERS}*; do
  name=\${left##*/ts-play-}; of=\${name%.*}
  case $name in
    [0-9]*-[0-9]*.??????) [ "$(since "\${of%-*}")" = "\${of#*-}" ] || rm -rf -- "$left" ;;
    *[!0-9a-f]*) ;;
    *) [ \${#name} != 64 ] || [ -n "$all" ] || rm -f -- "$left" ;;
  esac
done 2>/dev/null`,
  );
}
