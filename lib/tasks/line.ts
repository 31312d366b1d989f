import { defineFact, type Reply } from '../model/fact.ts';
import { type Change, type Claims, defineTask, type Pending, type TaskType } from '../model/task.ts';
import { reveal, Secret } from '../util/secret.ts';
import { lines, type Script, sh } from '../util/sh.ts';
import {
  type Attributes,
  attributeChanges,
  octal,
  setAttributes,
  validateAttributes,
} from './support/attributes.ts';
import { sha256Of } from './support/checksum.ts';
import { DIFF_LIMIT, textContent, utf8 } from './support/content.ts';
import { type Edit, withLine, withoutLine } from './support/edit.ts';
import { type Entry, entryProbe, exists, parseEntry } from './support/entry.ts';
import { fingerprint } from './support/fingerprint.ts';
import { hostPath } from './support/paths.ts';
import { isPending, requireParent } from './support/pending.ts';
import { replaceFile, type Validate } from './support/replace.ts';

/** Bytes; larger files aren't edited. */
const EDIT_LIMIT = 1024 * 1024;

/** One line of a text file. The rest of the file stays as it is. Patterns are JavaScript regular expressions. */
export interface LineWant extends Attributes {
  /** Absolute; a symbolic link is followed. */
  readonly path: string;
  /** Without a line ending. With `state: 'absent'` every line equal to it goes. */
  readonly line?: string | Secret | undefined;
  /** Searched in each line: the last one that matches becomes `line`; with `state: 'absent'` all of them go. */
  readonly match?: string | RegExp | undefined;
  readonly state?: 'present' | 'absent' | undefined;
  /** Where a new line goes: after the last line that matches; at the end when none does. */
  readonly insertAfter?: string | RegExp | undefined;
  /** Where a new line goes: before the last line that matches, or at the `top`. */
  readonly insertBefore?: string | RegExp | undefined;
  /** Make a missing file. */
  readonly create?: boolean | undefined;
  /** Never show what the file holds. */
  readonly secret?: boolean | undefined;
  readonly validate?: Validate | undefined;
  readonly backup?: boolean | undefined;
}

export interface LineState {
  readonly entry: Entry;
  /** What the file holds; empty when there is none. */
  readonly text: string;
}

export const lineType: TaskType<LineWant, LineState> = {
  name: 'line',
  title: ({ path, line, match, state }) =>
    `line ${state === 'absent' ? 'absent from' : 'in'} ${path}: ${line ?? String(match)}`,
  claims,
  validate,
  fact: ({ path }) =>
    defineFact({
      name: `lines of ${path}`,
      script: lines(
        entryProbe(hostPath(path)),
        sh`if [ -f "$p" ] && [ "\${s%%:*}" -le ${EDIT_LIMIT} ]; then base64 <"$p" || echo unreadable; fi`,
      ),
      parse: (reply) => parse(reply, path),
    }),
  diff,
  apply,
};

/** One line of a file, present or absent; the rest of the file stays as it is. */
export const line = defineTask(lineType);

function claims(want: LineWant): Claims {
  const path = hostPath(want.path);
  const subject = want.match === undefined ? shown(want) : String(want.match);
  const value = want.state === 'absent' ? 'absent' : shown(want);
  return { [`file ${path}`]: 'lines', [`line ${path} ${subject}`]: value };
}

function shown({ line: wanted, secret }: LineWant): string {
  return wanted instanceof Secret || secret ? fingerprint(wanted) : (wanted ?? '');
}

function validate(want: LineWant): void {
  hostPath(want.path);
  validateAttributes(want);
  const { line: wanted, match, state, insertAfter, insertBefore } = want;
  if (wanted === undefined && state !== 'absent') throw new Error(`line in ${want.path} needs the line`);
  if (wanted === undefined && match === undefined)
    throw new Error(`line in ${want.path} needs line or match`);
  if (wanted !== undefined && /[\n\r\0]/.test(reveal(wanted))) {
    throw new Error(`line in ${want.path} must be a single line`);
  }
  if (insertAfter !== undefined && insertBefore !== undefined) {
    throw new Error(`line in ${want.path} takes either insertAfter or insertBefore`);
  }
  editOf(want);
}

function parse({ stdout }: Reply, path: string): LineState {
  const [first, ...base64] = stdout.split('\n');
  const entry = parseEntry(first, path);
  if (!exists(entry)) return { entry, text: '' };
  if (entry.kind !== 'file') throw new Error(`${path} is not a regular file`);
  if (entry.size > EDIT_LIMIT) throw new Error(`${path} is too large to be edited (${entry.size} bytes)`);
  if (base64.at(-1) === 'unreadable') throw new Error(`can't read ${path} on the host`);
  const text = utf8(Buffer.from(base64.join(''), 'base64'));
  if (text === undefined || text.includes('\0'))
    throw new Error(`${path} is not UTF-8 text: its lines can't be edited`);
  return { entry, text };
}

function diff({ entry, text }: LineState, want: LineWant, pending: readonly Pending[]): readonly Change[] {
  const { path, state, create } = want;
  const after = edited(text, want);
  if (!exists(entry)) {
    if (state === 'absent') return [];
    const made = isPending(
      pending,
      (claim, value) => claim === `file ${hostPath(path)}` && value !== 'absent',
    );
    if (!create && !made) throw new Error(`${path} doesn't exist: say create: true to make it`);
    requireParent(entry, hostPath(path), pending);
    return [{ what: 'file', from: 'absent', to: 'present', ...texts(text, after, want) }];
  }
  const changes: Change[] = [];
  if (after !== text) {
    const direction =
      state === 'absent'
        ? { from: 'present', to: 'absent' }
        : { to: String(hidden(want) ? '***' : want.line) };
    changes.push({ what: 'line', ...direction, ...texts(text, after, want) });
  }
  return [...changes, ...attributeChanges(entry, want)];
}

function apply(want: LineWant, changes: readonly Change[], { entry, text }: LineState): Script {
  const { owner, group, mode, validate: check, backup } = want;
  const path = hostPath(want.path);
  if (!changes.some(({ what }) => what === 'file' || what === 'line')) {
    return setAttributes(sh`${path}`, want) ?? sh`:`;
  }
  const now = exists(entry)
    ? { owner: String(entry.uid), group: String(entry.gid), mode: octal(entry.mode) }
    : { owner: undefined, group: undefined, mode: hidden(want) ? '0600' : '0644' };
  return replaceFile({
    path,
    content: textContent(edited(text, want), hidden(want)),
    attributes: { owner: owner ?? now.owner, group: group ?? now.group, mode: mode ?? now.mode },
    validate: check,
    backup,
    expect: exists(entry) ? sha256Of(text) : 'absent',
  });
}

function edited(text: string, want: LineWant): string {
  const edit = editOf(want);
  return want.state === 'absent' || edit.line === undefined
    ? withoutLine(text, edit)
    : withLine(text, { ...edit, line: edit.line });
}

function editOf({ line: wanted, match, insertAfter, insertBefore }: LineWant): Edit {
  return {
    line: wanted === undefined ? undefined : reveal(wanted),
    match: pattern(match),
    insertAfter: pattern(insertAfter),
    insertBefore: insertBefore === 'top' ? 'top' : pattern(insertBefore),
  };
}

function pattern(source: string | RegExp | undefined): RegExp | undefined {
  if (source === undefined) return undefined;
  // Never global or sticky: those remember where they stopped.
  return typeof source === 'string'
    ? new RegExp(source)
    : new RegExp(source.source, source.flags.replace(/[gy]/g, ''));
}

function hidden({ line: wanted, secret }: LineWant): boolean {
  return wanted instanceof Secret || secret === true;
}

function texts(before: string, after: string, want: LineWant): Pick<Change, 'text'> {
  if (hidden(want) || Math.max(before.length, after.length) > DIFF_LIMIT) return {};
  return { text: { before, after, path: want.path } };
}
