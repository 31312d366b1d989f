import { defineFact, type Reply } from '../model/fact.ts';
import { type Apply, type Change, defineTask, type Pending, type TaskType } from '../model/task.ts';
import type { Secret } from '../util/secret.ts';
import { lines, type Script, sh } from '../util/sh.ts';
import {
  type Attributes,
  attributeChanges,
  octal,
  setAttributes,
  validateAttributes,
} from './support/attributes.ts';
import { type Content, DIFF_LIMIT, localContent, textContent, utf8 } from './support/content.ts';
import { type Entry, entryProbe, exists, parseEntry } from './support/entry.ts';
import { fingerprint } from './support/fingerprint.ts';
import { jointFile } from './support/joint-paths.ts';
import { hostPath } from './support/paths.ts';
import { requireParent } from './support/pending.ts';
import { copyAside, replaceFile, type Validate } from './support/replace.ts';

export type { Attributes } from './support/attributes.ts';
export type { Validate } from './support/replace.ts';

interface FileOptions extends Attributes {
  /** Absolute. Behind a symbolic link the file it names is written, as an editor would; `absent` removes the link. */
  readonly path: string;
  /** Never show the content; a Secret as content says so by itself. */
  readonly secret?: boolean | undefined;
  /** Checks the new content before it is put in place: ``(candidate) => sh`visudo -cf ${candidate}` ``. */
  readonly validate?: Validate | undefined;
  /** Keep the old file as `PATH.YYYYmmdd-HHMMSS~`. */
  readonly backup?: boolean | undefined;
}

/**
 * A file with exactly this content. A new one gets mode 0644 (a secret 0600) and the owner who applies; an existing
 * one keeps owner and mode unless asked, but a secret loses what it allows to everyone. Hard links and ACLs aren't kept.
 */
export type FileWant = FileOptions &
  (
    | {
        readonly content: string | Secret;
        readonly source?: undefined;
        readonly state?: 'present' | undefined;
      }
    /** `source` is a path on the controller; a relative one is relative to the file that calls `file`. */
    | { readonly source: string; readonly content?: undefined; readonly state?: 'present' | undefined }
    | { readonly state: 'absent'; readonly content?: undefined; readonly source?: undefined }
  );

export interface FileState {
  readonly entry: Entry;
  /** Hex, of a regular file. */
  readonly sha256?: string | undefined;
  /** What the file holds, when it differs and may be shown. */
  readonly text?: string | undefined;
}

export const fileType: TaskType<FileWant, FileState> = {
  name: 'file',
  title: ({ path, state }) => `file ${path}${state === 'absent' ? ' absent' : ''}`,
  claims: (want) => ({ [`file ${hostPath(want.path)}`]: claim(want) }),
  localPaths: (want, absolute) =>
    want.source === undefined ? want : { ...want, source: absolute(want.source) },
  validate,
  fact: (want) =>
    defineFact({
      name: `file ${want.path}`,
      script: want.state === 'absent' ? absenceProbe(want.path) : presenceProbe(want),
      joint: want.state === 'absent' ? undefined : jointFile(hostPath(want.path), shownSum(want)),
      parse: (reply) => parse(reply, want),
    }),
  diff,
  apply,
};

/** A file with exactly this content, or its absence. It is written to a second file and renamed; `validate` runs before that. */
export const file = defineTask(fileType);

const contents = new WeakMap<FileWant, Content>();

/** The content as it was first read: what a run compares and what it sends are one and the same. */
function contentOf(want: FileWant): Content | undefined {
  const known = contents.get(want);
  if (known || want.state === 'absent') return known;
  const content =
    want.source === undefined
      ? textContent(want.content, want.secret)
      : localContent(want.source, want.secret);
  contents.set(want, content);
  return content;
}

function claim(want: FileWant): string {
  const { owner = '', group = '', mode = '' } = want;
  return want.state === 'absent' ? 'absent' : fingerprint(contentOf(want)?.sha256, owner, group, mode);
}

function validate(want: FileWant): void {
  hostPath(want.path);
  validateAttributes(want);
  if (want.path.endsWith('/')) throw new Error(`'${want.path}' names a directory, not a file`);
  if (want.state !== 'absent' && (want.content === undefined) === (want.source === undefined)) {
    throw new Error(`file ${want.path} needs either content or source`);
  }
  const content = contentOf(want);
  if (content?.secret && want.mode !== undefined && (Number.parseInt(want.mode, 8) & 0o007) !== 0) {
    throw new Error(`file ${want.path} is secret, and mode ${want.mode} would open it to everyone`);
  }
}

function absenceProbe(path: string): Script {
  return sh`p=${hostPath(path)}
if [ -d "$p" ] && [ ! -L "$p" ]; then echo directory
elif [ -e "$p" ] || [ -L "$p" ]; then echo present
else echo absent; fi`;
}

function presenceProbe(want: FileWant): Script {
  const content = contentOf(want);
  return lines(
    entryProbe(hostPath(want.path)),
    sh`if [ -f "$p" ]; then
h=$(sha256sum <"$p")
h=\${h%% *}
printf '%s\n' "$h"`,
    content?.text !== undefined &&
      sh`if [ "$h" != ${content.sha256} ] && [ "\${s%%:*}" -le ${DIFF_LIMIT} ]; then base64 <"$p"; fi`,
    sh`fi`,
  );
}

/** The sum that makes the text on the host uninteresting; '' when it is never shown. */
function shownSum(want: FileWant): string {
  const content = contentOf(want);
  return content?.text === undefined ? '' : content.sha256;
}

function parse({ stdout }: Reply, want: FileWant): FileState {
  const [first, sha256, ...base64] = stdout.split('\n');
  if (want.state === 'absent') {
    if (first === 'directory')
      throw new Error(`${want.path} is a directory: use directory({ state: 'absent' })`);
    return { entry: parseEntry(first === 'present' ? 'dangling' : first, want.path) };
  }
  const entry = parseEntry(first, want.path);
  if (entry.kind !== 'file') return { entry };
  if (!/^[0-9a-f]{64}$/.test(sha256 ?? '')) throw new Error(`can't read ${want.path} on the host`);
  const fetched = base64.length > 0 || entry.size === 0;
  const text = fetched ? utf8(Buffer.from(base64.join(''), 'base64')) : undefined;
  return { entry, sha256, text: text?.includes('\0') ? undefined : text };
}

function diff(
  { entry, sha256, text }: FileState,
  want: FileWant,
  pending: readonly Pending[],
): readonly Change[] {
  if (want.state === 'absent') {
    return entry.kind === 'dangling' ? [{ what: 'file', from: 'present', to: 'absent' }] : [];
  }
  requireParent(entry, hostPath(want.path), pending);
  const content = contentOf(want);
  const shown = (before: string | undefined) =>
    before === undefined || content?.text === undefined
      ? {}
      : { text: { before, after: content.text, path: want.path } };
  if (!exists(entry)) return [{ what: 'file', from: 'absent', to: 'present', ...shown('') }];
  if (entry.kind !== 'file')
    throw new Error(`${want.path} is ${entry.kind === 'directory' ? 'a directory' : 'not a regular file'}`);
  const changes: Change[] = [];
  if (sha256 !== content?.sha256) changes.push({ what: 'content', ...shown(text) });
  return [...changes, ...attributeChanges(entry, wantedAttributes(want, entry))];
}

function apply(want: FileWant, changes: readonly Change[], { entry }: FileState): Script | Apply {
  const path = hostPath(want.path);
  const content = contentOf(want);
  if (!content) {
    return lines(want.backup && sh`umask 077`, want.backup && copyAside(sh`${path}`), sh`rm -f -- ${path}`);
  }
  const wanted = wantedAttributes(want, entry);
  if (!changes.some(({ what }) => what === 'file' || what === 'content')) {
    return setAttributes(sh`${path}`, wanted) ?? sh`:`;
  }
  const kept = exists(entry)
    ? { owner: String(entry.uid), group: String(entry.gid), mode: octal(entry.mode), ...wanted }
    : wanted;
  const { validate: check, backup } = want;
  const script = replaceFile({ path, content, attributes: kept, validate: check, backup });
  return content.upload ? { script, uploads: [content.upload] } : { script };
}

/** The attributes asked for, and those that go without saying. */
function wantedAttributes(want: FileWant, entry: Entry): Attributes {
  const { owner, group, mode } = want;
  const hidden = contentOf(want)?.secret ?? false;
  const usual = exists(entry)
    ? hidden && (entry.mode & 0o007) !== 0 && octal(entry.mode & ~0o007)
    : hidden
      ? '0600'
      : '0644';
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
    ...(mode !== undefined ? { mode } : usual ? { mode: usual } : {}),
  };
}
