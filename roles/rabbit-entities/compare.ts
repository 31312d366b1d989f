import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../../lib/index.ts';

/** Whether two values of plain JSON are the same. An empty object comes back from a broker as an empty list. */
export function same(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(settled(a), settled(b));
}

function settled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(settled);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return entries.length === 0 ? [] : Object.fromEntries(entries.map(([key, item]) => [key, settled(item)]));
}

/** The parts of `want` that are otherwise in `now`. */
export function partsThatDiffer<T extends object>(
  now: T,
  want: Partial<T>,
  parts: readonly (keyof T & string)[],
): readonly Change[] {
  return parts.flatMap((part) =>
    want[part] === undefined || same(now[part], want[part])
      ? []
      : [{ what: part.replaceAll('_', ' '), from: shown(now[part]), to: shown(want[part]) }],
  );
}

/** A value for people, without the passwords that addresses and settings carry. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(hidden(value));
  return text.replaceAll(/(:\/\/[^\s/@:"]*:)[^\s@"]*@/g, '$1***@');
}

function hidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hidden);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      /passw|secret|token|credential/i.test(key) && item !== null ? '***' : hidden(item),
    ]),
  );
}

/** As a set, for lists whose order means nothing. */
export function sorted(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}
