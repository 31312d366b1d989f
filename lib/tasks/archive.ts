import { posix } from 'node:path';
import { defineFact, type Reply } from '../model/fact.ts';
import { type Apply, type Change, defineTask, type TaskType, uploadedPath } from '../model/task.ts';
import { lines, type Script, sh } from '../util/sh.ts';
import {
  type Attributes,
  attributeChanges,
  setAttributes,
  validateAttributes,
} from './support/attributes.ts';
import { localFile, validateSha256 } from './support/checksum.ts';
import { type Entry, entryProbe, exists, parseEntry } from './support/entry.ts';
import { fingerprint } from './support/fingerprint.ts';
import { besideName, hostPath } from './support/paths.ts';
import { relabel } from './support/replace.ts';

/** Inside an unpacked directory: says which archive it holds. */
const STAMP = '.ts-play-archive';

/** A tar archive (plain, gz, bz2, xz as far as the host's tar can), unpacked into a directory that holds nothing else. */
export interface ArchiveWant {
  /**
   * A path on the controller (a relative one is relative to the file that calls `archive`), or an address that the host
   * fetches with curl or wget.
   */
  readonly source: { readonly path: string } | { readonly url: string };
  /** Hex, of the archive; always checked. */
  readonly sha256: string;
  /** Absolute; its parents are made. Replaced as a whole when the archive is another. */
  readonly to: string;
  /** Leading parts of the members' names to leave out. */
  readonly strip?: number | undefined;
  /** Owner and group of all that is unpacked. */
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  /** Of the directory itself. Default 0755. */
  readonly mode?: string | undefined;
  /** Replace a directory that was not unpacked by this task, with all it holds. */
  readonly force?: boolean | undefined;
}

export interface ArchiveState {
  readonly entry: Entry;
  /** What the stamp says; undefined when there is none. */
  readonly stamp?: string | undefined;
  /** True when the directory holds anything. */
  readonly full: boolean;
}

export const archiveType: TaskType<ArchiveWant, ArchiveState> = {
  name: 'archive',
  title: ({ to, source }) =>
    `archive ${posix.basename('path' in source ? source.path : new URL(source.url).pathname)} in ${to}`,
  claims: (want) => ({
    [`file ${hostPath(want.to)}`]: `archive ${fingerprint(stampOf(want), want.owner, want.group, want.mode)}`,
  }),
  localPaths: (want, absolute) =>
    'path' in want.source ? { ...want, source: { path: absolute(want.source.path) } } : want,
  validate,
  fact: ({ to }) =>
    defineFact({
      name: `archive in ${to}`,
      script: lines(
        entryProbe(hostPath(to)),
        sh`if [ -d "$p" ]; then
  stamp=; full=empty
  if [ -f "$p"/${STAMP} ]; then IFS= read -r stamp <"$p"/${STAMP}; fi
  for f in "$p"/* "$p"/.[!.]* "$p"/..?*; do
    if [ -e "$f" ] || [ -L "$f" ]; then full=full; break; fi
  done
  printf '%s\n%s\n' "$full" "$stamp"
fi`,
      ),
      parse: (reply) => parse(reply, to),
    }),
  diff,
  apply,
};

/** An unpacked tar archive from the controller or a URL; its sha256 is always checked. */
export const archive = defineTask(archiveType);

function validate(want: ArchiveWant): void {
  const { source, sha256, to, strip } = want;
  if (posix.dirname(hostPath(to)) === hostPath(to)) throw new Error(`an archive can't be unpacked as '/'`);
  validateAttributes(want);
  validateSha256(sha256);
  if (strip !== undefined && (!Number.isInteger(strip) || strip < 0))
    throw new Error('strip must be a count');
  if ('path' in source) {
    const found = localFile(source.path);
    if (found.sha256 !== sha256.toLowerCase()) {
      throw new Error(`${found.path} has sha256 ${found.sha256}, not ${sha256.toLowerCase()}`);
    }
    return;
  }
  const url = URL.canParse(source.url) ? new URL(source.url) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error(`'${source.url}' is not an http(s) address`);
  if (url.username || url.password)
    throw new Error(`the address of an archive can't hold a login: every user of the host could read it`);
}

function parse({ stdout }: Reply, to: string): ArchiveState {
  const [first, full, stamp] = stdout.split('\n');
  return { entry: parseEntry(first, to), full: full === 'full', stamp: stamp || undefined };
}

function diff({ entry, stamp, full }: ArchiveState, want: ArchiveWant): readonly Change[] {
  const to = want.sha256.toLowerCase().slice(0, 12);
  if (entry.kind === 'dangling') throw new Error(`${want.to} is a symbolic link to nothing`);
  if (!exists(entry)) return [{ what: 'archive', from: 'absent', to }];
  if (entry.kind !== 'directory') throw new Error(`${want.to} exists and is not a directory`);
  if (stamp === stampOf(want)) return attributeChanges(entry, want);
  if (full && stamp === undefined && !want.force) {
    throw new Error(`${want.to} holds files that no archive task put there: say force: true to replace them`);
  }
  return [{ what: 'archive', from: stamp?.slice(0, 12) ?? 'absent', to }];
}

function apply(want: ArchiveWant, changes: readonly Change[]): Script | Apply {
  const { source, owner, group, mode } = want;
  const path = hostPath(want.to);
  if (!changes.some(({ what }) => what === 'archive')) {
    const whole = sh`"$path"`;
    return lines(sh`path=${path}`, ownTree(whole, { owner, group }), setAttributes(whole, { mode }));
  }
  const beside = besideName(path);
  const local =
    'path' in source ? { from: localFile(source.path).path, sha256: want.sha256.toLowerCase() } : undefined;
  const script = lines(
    // Beside the goal, so that a rename puts it in place. What an interrupted run left is removed first.
    sh`(
umask 022
path=${path}
mkdir -p -- ${posix.dirname(path)}
if [ -L "$path" ]; then path=$(readlink -f -- "$path"); fi
dir=\${path%/*}/
old=$dir${`${beside}old`}
if [ -e "$old" ] && [ ! -e "$path" ]; then mv -T -- "$old" "$path"; fi
rm -rf -- "$old" "$dir"${beside}??????
new= file=
trap 'code=$?; rm -rf -- \${new:+"$new"} \${file:+"$file"}; exit "$code"' EXIT
trap 'exit 143' HUP INT TERM
new=$(mktemp -d "$dir"${`${beside}XXXXXX`})`,
    'url' in source
      ? download(source.url, want.sha256.toLowerCase(), sh`"$dir"${`${beside}XXXXXX`}`)
      : sh`archive=${uploadedPath({ sha256: want.sha256.toLowerCase() })}`,
    // Not every tar finds out by itself how its input is packed. Changing directory, since -C reads backslashes.
    sh`case $(od -A n -t x1 -N 6 <"$archive" | tr -d ' \n') in
  1f8b*) packed=-z ;;
  425a68*) packed=-j ;;
  fd377a585a00) packed=-J ;;
  28b52ffd*) packed=--zstd ;;
  *) packed= ;;
esac
(
cd "$new"
tar -x -o \${packed:+"$packed"} -f - ${want.strip ? [`--strip-components=${want.strip}`] : []} <"$archive"
)
printf '%s\n' ${stampOf(want)} >"$new"/${STAMP}`,
    ownTree(sh`"$new"`, { owner, group }),
    sh`chmod ${mode ?? '0755'} "$new"
sync -f "$new" 2>/dev/null || :
if [ -e "$path" ]; then
  mv -T -- "$path" "$old"
  mv -T -- "$new" "$path" || { mv -T -- "$old" "$path"; exit 1; }
  rm -rf -- "$old"
else mv -T -- "$new" "$path"; fi
new=`,
    relabelTree(),
    sh`)`,
  );
  return local ? { script, uploads: [local] } : script;
}

/** Fetches to a file beside, bounded in time, and checks it there. */
function download(url: string, sha256: string, template: Script): Script {
  return sh`file=$(mktemp ${template})
if command -v curl >/dev/null; then
  curl -fsSL --retry 3 --connect-timeout 20 -o "$file" -- ${url} </dev/null
elif command -v wget >/dev/null; then
  wget -q -T 20 -O "$file" -- ${url} </dev/null
else echo "neither curl nor wget is on the host: install one, or give the archive as a path" >&2; exit 1; fi
got=$(sha256sum <"$file")
if [ "\${got%% *}" != ${sha256} ]; then
  printf '%s has sha256 %s, not %s\n' ${url} "\${got%% *}" ${sha256} >&2; exit 1
fi
archive=$file`;
}

function ownTree(
  target: Script,
  { owner = '', group }: Pick<Attributes, 'owner' | 'group'>,
): Script | undefined {
  const ownership = [owner, group === undefined ? '' : `:${group}`].join('');
  return ownership === '' ? undefined : sh`chown -R -h ${ownership} ${target}`;
}

function relabelTree(): Script {
  return relabel(sh`-R "$path"`);
}

function stampOf({ sha256, strip }: ArchiveWant): string {
  return [sha256.toLowerCase(), ...(strip ? [`strip=${strip}`] : [])].join(' ');
}
