import { type Script, sh } from '../../util/sh.ts';

/** Something that exists at a path, symbolic links followed. */
export interface Existing {
  readonly kind: 'file' | 'directory' | 'other';
  /** Bytes. */
  readonly size: number;
  /** Permission bits, as in 0o644. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** The owner's name, or `UNKNOWN`. */
  readonly user: string;
  readonly group: string;
}

/** What stands at a path: `orphan` has no parent directory, `dangling` is a link to nothing. */
export type Entry = Existing | { readonly kind: 'absent' | 'orphan' | 'dangling' };

/** What `stat -L -c` prints of a path for {@link parseEntry}. */
export const STAT_FORMAT = '%s:%f:%u:%g:%U:%G';

/**
 * Sets `$p` to the path and `$s` to a line that {@link parseEntry} reads, and prints the line. One fork when the
 * path exists, else none.
 */
export function entryProbe(path: string): Script {
  return sh`p=${path}
if [ -e "$p" ]; then s=$(stat -L -c ${STAT_FORMAT} -- "$p")
elif [ -L "$p" ]; then s=dangling
elif [ -x "\${p%/*}/" ]; then s=absent
elif [ -d "\${p%/*}/" ]; then s=denied
else s=orphan; fi
printf '%s\n' "$s"`;
}

const KINDS: ReadonlyMap<number, Existing['kind']> = new Map([
  [0o100000, 'file'],
  [0o040000, 'directory'],
]);

/** Reads the line of {@link entryProbe}; throws when the probing user may not look, or it makes no sense. */
export function parseEntry(line: string | undefined, path: string): Entry {
  if (line === 'absent' || line === 'orphan' || line === 'dangling') return { kind: line };
  if (line === 'denied') throw new Error(`no permission to look at ${path}: the task needs another user`);
  const found = /^(\d+):([0-9a-f]+):(\d+):(\d+):([^:]*):([^:]*)$/.exec(line ?? '');
  if (!found) throw new Error(`the host gave no answer about ${path} that makes sense: '${line ?? ''}'`);
  const [, size, raw, uid, gid, user = '', group = ''] = found;
  const bits = Number.parseInt(raw ?? '', 16);
  return {
    kind: KINDS.get(bits & 0o170000) ?? 'other',
    size: Number(size),
    mode: bits & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    user,
    group,
  };
}

/** Whether something is there, behind a link or not. */
export function exists(entry: Entry): entry is Existing {
  return 'mode' in entry;
}
