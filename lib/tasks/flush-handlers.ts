import { FLUSH } from '../model/handler.ts';
import type { Task, TaskOptions } from '../model/task.ts';
import { sh } from '../util/sh.ts';

// Left out by its tags, it runs none. As Ansible's `meta: flush_handlers`.
/** Runs the host's pending handlers at this place, not at the end of the step: those of earlier tasks and of earlier runs. */
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
