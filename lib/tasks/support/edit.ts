/** One edit of a text's lines. Patterns are searched in each line, without its line ending. */
export interface Edit {
  /** The line that shall be there; left out to remove by `match` alone. */
  readonly line?: string | undefined;
  readonly match?: RegExp | undefined;
  readonly insertAfter?: RegExp | undefined;
  readonly insertBefore?: RegExp | 'top' | undefined;
}

/**
 * The text with the line in it. The last line that matches becomes the line; without one, a line that is equal
 * already will do; else it is inserted after (before) the last line that matches, or at the end.
 */
export function withLine(text: string, edit: Edit & { readonly line: string }): string {
  const { rows, eol, open } = split(text);
  const place = edit.match ? lastIndex(rows, edit.match) : -1;
  if (place >= 0) {
    if (rows[place] === edit.line) return text;
    rows[place] = edit.line;
    return join(rows, eol, open);
  }
  if (rows.includes(edit.line)) return text;
  const at = insertionPoint(rows, edit);
  rows.splice(at, 0, edit.line);
  return join(rows, eol, open && at < rows.length - 1);
}

/** The text without every line that matches or equals the line. */
export function withoutLine(text: string, { line, match }: Edit): string {
  const { rows, eol, open } = split(text);
  const kept = rows.filter((row) => row !== line && !match?.test(row));
  return kept.length === rows.length ? text : join(kept, eol, open && kept.length > 0);
}

interface Rows {
  readonly rows: string[];
  readonly eol: string;
  /** True when the last line has no line ending. */
  readonly open: boolean;
}

function split(text: string): Rows {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const rows = text.split(eol);
  const open = text !== '' && rows.at(-1) !== '';
  if (!open) rows.pop();
  return { rows, eol, open };
}

function join(rows: readonly string[], eol: string, open: boolean): string {
  return rows.length === 0 ? '' : rows.join(eol) + (open ? '' : eol);
}

function insertionPoint(rows: readonly string[], { insertAfter, insertBefore }: Edit): number {
  if (insertBefore === 'top') return 0;
  const before = insertBefore ? lastIndex(rows, insertBefore) : -1;
  if (before >= 0) return before;
  const after = insertAfter ? lastIndex(rows, insertAfter) : -1;
  return after >= 0 ? after + 1 : rows.length;
}

function lastIndex(rows: readonly string[], pattern: RegExp): number {
  return rows.findLastIndex((row) => pattern.test(row));
}
