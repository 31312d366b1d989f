import { filePlace, inputError, type PlayError } from '../util/errors.ts';

/** Mistakes beyond this number are only counted: people correct the first ones first. */
const LISTED = 10;

/** Combines all mistakes of a file into one error: `what` is the first in the file, `why` lists the others. */
export function combineMistakes(mistakes: readonly PlayError[]): PlayError {
  const [first, ...others] = [...mistakes].sort(byPlace);
  if (first === undefined) throw new Error('no mistakes to combine');
  if (others.length === 0) return first;
  const listed = others.slice(0, LISTED).map(describe);
  const hidden = others.length - listed.length;
  const why = [
    ...(first.why === undefined ? [] : [first.why]),
    others.length === 1 ? 'there is one more mistake:' : `there are ${others.length} more mistakes:`,
    ...listed,
    ...(hidden > 0 ? [`and ${hidden} more`] : []),
  ];
  return inputError(first.what, { where: first.where, next: first.next, why: why.join('\n') });
}

function describe({ where, what, next }: PlayError): string {
  return `${filePlace(where)} ${what}${next === undefined ? '' : ` (${next})`}`;
}

function byPlace({ where: a }: PlayError, { where: b }: PlayError): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
