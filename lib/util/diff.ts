import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** Longer diffs are cut: nobody reads them on a terminal. */
const MAX_LINES = 200;
/** Milliseconds. Without a limit, two large texts without a common line would take minutes. */
const TIME_LIMIT = 1000;

/** Whole texts before and after a change; `path` names them in the diff's head. */
interface ChangedText {
  readonly before: string;
  readonly after: string;
  readonly path?: string;
}

/**
 * A unified diff with three lines of context, without a final newline; empty when the texts are equal.
 * A missing newline at the end of a text is marked. A diff is cut after 200 lines, with a note.
 */
export function unifiedDiff({ before, after, path = 'text' }: ChangedText): string {
  if (before === after) return '';
  const patch = createTwoFilesPatch(path, path, before, after, 'now', 'wanted', {
    context: 3,
    timeout: TIME_LIMIT,
    headerOptions: FILE_HEADERS_ONLY,
  });
  if (patch === undefined) return tooDifferent(path, before, after);
  const lines = patch.trimEnd().split('\n');
  if (lines.length <= MAX_LINES) return lines.join('\n');
  return [...lines.slice(0, MAX_LINES), `… ${lines.length - MAX_LINES} more lines not shown`].join('\n');
}

function tooDifferent(path: string, before: string, after: string): string {
  const [was, will] = [before, after].map((text) => text.split('\n').length);
  return `--- ${path}\tnow\n+++ ${path}\twanted\n… too different to compare: ${was} lines become ${will}`;
}
