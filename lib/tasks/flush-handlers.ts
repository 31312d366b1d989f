import { FLUSH } from '../model/handler.ts';
import type { Task, TaskOptions } from '../model/task.ts';
import { sh } from '../util/sh.ts';

/**
 * Runs the host's pending handlers here instead of at the end of the step: those that tasks before this place notify,
 * whether in this run or in an earlier one. As Ansible's `meta: flush_handlers`. Left out by its tags, it runs none.
 */
export function flushHandlers(options: Pick<TaskOptions, 'title' | 'tags'> = {}): Task {
  return {
    type: FLUSH,
    title: options.title ?? 'flush handlers',
    always: false,
    options,
    claims: {},
    probe: { script: sh`:` },
    assess: () => ({ changes: [], apply: () => ({ script: sh`:` }) }),
  };
}
