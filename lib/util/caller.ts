import { fileURLToPath } from 'node:url';
import type { Place } from './errors.ts';

/**
 * Where a function was called from: file and line. Columns are left out, since a loader that takes types out of a file
 * keeps its lines alone.
 * @param called the function that is running
 */
export function callerPlace(called: (...args: never[]) => unknown): Place {
  const trace: { stack?: string } = {};
  Error.captureStackTrace(trace, called);
  const [, file, line] =
    /\n\s+at (?:.*? \()?((?:file:\/\/)?\/.*?):(\d+):\d+\)?(?:\n|$)/.exec(trace.stack ?? '') ?? [];
  if (file === undefined) return {};
  return { file: file.startsWith('file:') ? fileURLToPath(file) : file, line: Number(line) };
}
