import { posix } from 'node:path';
import type { Pending } from '../../model/task.ts';
import type { Entry } from './entry.ts';

/** Whether an earlier task, not yet applied (check mode), looks after something that `matches`. */
export function isPending(
  pending: readonly Pending[],
  matches: (claim: string, value: string) => boolean,
): boolean {
  return pending.some(({ claims }) => Object.entries(claims).some(([claim, value]) => matches(claim, value)));
}

/** Throws when the parent directory of `path` is missing and no earlier task is about to make it. */
export function requireParent(entry: Entry, path: string, pending: readonly Pending[]): void {
  if (entry.kind !== 'orphan') return;
  const parent = posix.dirname(path);
  const made = isPending(
    pending,
    (claim, value) =>
      value !== 'absent' && (claim === `file ${parent}` || claim.startsWith(`file ${parent}/`)),
  );
  if (!made)
    throw new Error(`the directory ${parent} doesn't exist: add directory({ path: '${parent}' }) before`);
}
