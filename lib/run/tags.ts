import type { Task } from '../task.ts';

/**
 * Whether `--tags` and `--skip-tags` let a task run, as with Ansible: a task has its own tags and those of its
 * role and play; `always` runs unless skipped by name, `never` only when asked for by one of its tags.
 */
export function selectedBy(
  inherited: readonly string[],
  only: readonly string[] = [],
  skip: readonly string[] = [],
): (task: Task) => boolean {
  return (task) => {
    // A handler runs because of what its notifier changed, whichever tags brought that about.
    if (task.type === 'handler') return true;
    const tags = new Set([...inherited, ...(task.options.tags ?? [])]);
    const asked = only.some(
      (tag) =>
        tags.has(tag) ||
        tag === 'all' ||
        (tag === 'tagged' && tags.size > 0) ||
        (tag === 'untagged' && tags.size === 0),
    );
    if (skip.some((tag) => tags.has(tag))) return false;
    if (tags.has('never')) return only.some((tag) => tags.has(tag));
    return only.length === 0 || asked || tags.has('always');
  };
}
