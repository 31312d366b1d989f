import { defineFact } from '../model/fact.ts';
import { defineTask, type TaskType } from '../model/task.ts';
import { type Script, sh } from '../util/sh.ts';

/** A deed without a state of its own: done, and counted as changed, in every run. */
export interface ActionWant {
  readonly title: string;
  /** Runs with `set -eu` and nothing on stdin. */
  readonly run: Script;
}

/** An action has no state to read. */
const nothing = defineFact({ name: 'nothing', script: sh`:`, parse: () => null });

export const actionType: TaskType<ActionWant, null> = {
  name: 'action',
  always: true,
  title: ({ title }) => title,
  validate({ title }) {
    if (title.trim() === '') throw new Error('action needs a title');
  },
  fact: () => nothing,
  diff: () => [{ what: 'run' }],
  apply: ({ run }) => run,
};

/** An action that runs every time and always counts as changed. Prefer `command` with a guard. */
export const action = defineTask(actionType);
