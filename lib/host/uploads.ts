import { type Upload, uploadedPath } from '../model/task.ts';
import { lines, quote, type Script, sh } from '../util/sh.ts';

/**
 * Files on their way to an apply lie in a folder that is named for the shell of their run on the host, by its process id
 * and start time. That shell ends with the connection, so a folder without it belongs to nobody.
 */
const FOLDERS = '/var/tmp/ts-play-';

/** Defines `since`, which prints when a process was started, in ticks since the host was. */
function defineSince(): Script {
  return sh`since() { { read -r stat <"/proc/$1/stat" && stat=\${stat##*) } && set -- $stat && printf %s "\${20}"; } 2>/dev/null; }`;
}

/** Makes a folder for the files of one apply, and prints its path. `$owner` is the shell that it belongs to. */
export function claimScript(): Script {
  return lines(defineSince(), sh`umask 077; mktemp -d ${FOLDERS}"$owner-$(since "$owner").XXXXXX"`);
}

/** Takes one file from stdin into the folder, verified. When it is cut off the folder goes with it. */
export function receiveScript({ sha256 }: Upload, folder: string): Script {
  const to = `${folder}/${sha256}`;
  // dash runs no EXIT trap when a signal ends it, so each signal has one that exits; a closed pipe must not end it at all.
  return sh`umask 077
trap '' PIPE; trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM
trap ${`rm -rf -- ${quote(folder)}`} EXIT
cat >${`${to}.part`} || exit 1
sum=$(sha256sum <${`${to}.part`} | cut -d" " -f1)
[ "$sum" = ${sha256} ] || { echo "sha256 is $sum, not ${sha256}" >&2; exit 1; }
mv -fT ${`${to}.part`} ${to} || exit 1
trap - EXIT`;
}

/** Lays files where their apply looks for them: at its beginning, so that they are there only while one runs. */
export function layScript(uploads: readonly Upload[], folder: string): Script {
  return lines(
    ...uploads.map((upload) => sh`mv -fT ${`${folder}/${upload.sha256}`} ${uploadedPath(upload)}`),
  );
}

/** Takes away what was laid for one apply, and its folder. */
export function tidyScript(uploads: readonly Upload[], folder: string): Script {
  const laid = uploads.map(
    (upload) => sh`[ -e ${`${folder}/${upload.sha256}`} ] || rm -f -- ${uploadedPath(upload)}`,
  );
  return lines(...laid, sh`rm -rf -- ${folder}`);
}

/** Takes away what runs left behind that were cut off. `$all` are the applies that run now: a file may be one's own. */
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
