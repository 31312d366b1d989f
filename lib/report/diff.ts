import type { Paint } from './paint.ts';
import { clean } from './text.ts';

/** A diff for display: coloured, carriage returns visible, terminal escape sequences removed. */
export function showDiff(diff: string, paint: Paint): string {
  return clean(diff.replaceAll('\r', '␍'))
    .split('\n')
    .map((line) => paintLine(line, paint))
    .join('\n');
}

function paintLine(line: string, paint: Paint): string {
  if (line.startsWith('---') || line.startsWith('+++')) return paint('bold', line);
  if (line.startsWith('+')) return paint('green', line);
  if (line.startsWith('-')) return paint('red', line);
  if (line.startsWith('@@')) return paint('cyan', line);
  return line.startsWith('\\') || line.startsWith('…') ? paint('dim', line) : line;
}
