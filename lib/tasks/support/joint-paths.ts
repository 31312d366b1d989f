import type { Joint, JointProbe, Reply } from '../../model/fact.ts';
import { sh } from '../../util/sh.ts';
import { DIFF_LIMIT } from './content.ts';
import { STAT_FORMAT } from './entry.ts';

/** A directory or whatever stands there, as `entryProbe` asks for it alone. */
export function jointEntry(path: string): Joint {
  return { probe: entries, item: [path] };
}

/** A file with its sum, and with its text unless that is `shown`'s sum; `shown` is '' when the text doesn't matter. */
export function jointFile(path: string, shown: string): Joint {
  return { probe: files, item: [path, shown] };
}

const entries = jointPaths('entries', false);
const files = jointPaths('files', true);

/** What stands for nothing that could be looked at, by the letter the script has for it. */
const ABSENT: ReadonlyMap<string, string> = new Map([
  ['l', 'dangling'],
  ['a', 'absent'],
  ['n', 'denied'],
  ['o', 'orphan'],
]);

/**
 * Looks at many paths with one `stat` and one `sha256sum`. They answer in the order of the paths, so one that comes or
 * goes in between makes the counts differ, and nobody believes the answer.
 */
function jointPaths(name: string, sums: boolean): JointProbe {
  return {
    name,
    // Words of the functions: a path and the sum that its text is not wanted for, again and again.
    script: (items) => sh`there() {
  n=$# kinds=
  while [ "$n" -gt 0 ]; do
    p=$1; shift 2; n=$((n - 2))
    if [ -e "$p" ]; then
      set -- "$@" "$p"
      if [ -f "$p" ] && [ -r "$p" ]; then k=f; else k=e; fi
    elif [ -L "$p" ]; then k=l
    elif [ -x "\${p%/*}/" ]; then k=a
    elif [ -d "\${p%/*}/" ]; then k=n
    else k=o; fi
    kinds=$kinds$k
  done
  printf '%s\n' "$kinds"
  if [ $# -gt 0 ]; then stat -L -c ${STAT_FORMAT} -- "$@"; fi
}
sums() {
  n=$#
  while [ "$n" -gt 0 ]; do
    p=$1; shift 2; n=$((n - 2))
    if [ -f "$p" ] && [ -r "$p" ]; then set -- "$@" "$p"; fi
  done
  if [ $# -gt 0 ]; then sums=$(sha256sum -- "$@"); printf '%s\n' "$sums"; fi
}
texts() {
  n=0 nl='
'
  while [ $# -gt 0 ]; do
    case "$nl$sums$nl" in
      *"$nl$2  $1$nl"*) ;;
      *) if [ -n "$2" ] && [ -f "$1" ] && [ -r "$1" ] && [ "$(wc -c <"$1")" -le ${DIFF_LIMIT} ]; then
        printf 'text %s\n' "$n"; base64 <"$1"
      fi ;;
    esac
    shift 2; n=$((n + 1))
  done
}
look() { there "$@"; ${sums ? sh`sums= && sums "$@" && texts "$@"` : sh`:`}; }
look ${items.flatMap(([path = '', shown = '']) => [path, shown])}`,
    split: (reply, items) => split(reply, items.length, sums),
  };
}

function split({ stdout }: Reply, count: number, sums: boolean): readonly Reply[] | undefined {
  const [facts = '', ...texts] = stdout.split(/\ntext (?=\d+(?:\n|$))/);
  const textOf = new Map(texts.map((text) => [Number.parseInt(text, 10), text.split('\n').slice(1)]));
  const [kinds = '', ...lines] = facts.split('\n');
  const stats = lines.filter((line) => /^\d+:[0-9a-f]+:/.test(line));
  const digests = lines.flatMap((line) => /^\\?([0-9a-f]{64}) /.exec(line)?.[1] ?? []);
  const there = [...kinds].filter((kind) => !ABSENT.has(kind)).length;
  const readable = sums ? kinds.split('f').length - 1 : 0;
  if (kinds.length !== count || stats.length !== there || digests.length !== readable) return undefined;
  return [...kinds].map((kind, i) => {
    const first = ABSENT.get(kind) ?? stats.shift() ?? '';
    const digest = sums && kind === 'f' ? [digests.shift() ?? ''] : [];
    return { code: 0, stdout: [first, ...digest, ...(textOf.get(i) ?? [])].join('\n'), stderr: '' };
  });
}
