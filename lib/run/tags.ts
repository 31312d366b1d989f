import type { Task } from '../model/task.ts';

/**
 * Whether `--tags` and `--skip-tags` let a task run, as with Ansible: a task has its own tags and those of its
 * role and play; `always` runs unless skipped by name, `never` only when asked for by one of its tags. `all`,
 * `tagged` and `untagged` may be asked for and skipped.
 */
export function selectedBy(
  inherited: readonly string[],
  only: readonly string[] = [],
  skip: readonly string[] = [],
): (task: Task) => boolean {
  return (task) => {
    // A handler runs because of what its notifier changed, whichever tags brought that about.
    if (task.type === 'handler') return true;
    const own = [...inherited, ...(task.options.tags ?? [])];
    const tags = new Set(own.length === 0 ? ['untagged'] : own);
    return asked(tags, only.length === 0 ? ['all'] : only) && !skipped(tags, skip);
  };
}

function asked(tags: ReadonlySet<string>, only: readonly string[]): boolean {
  if (tags.has('always') || only.some((tag) => tags.has(tag))) return true;
  if (tags.has('never')) return false;
  return only.includes('all') || (only.includes('tagged') && !tags.has('untagged'));
}

function skipped(tags: ReadonlySet<string>, skip: readonly string[]): boolean {
  if (skip.includes('all')) return !tags.has('always') || skip.includes('always');
  return skip.some((tag) => tags.has(tag)) || (skip.includes('tagged') && !tags.has('untagged'));
}
