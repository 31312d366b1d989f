import { defineFact, type Reply } from '../model/fact.ts';
import { defineTask, type TaskType } from '../model/task.ts';
import { PlayError } from '../util/errors.ts';
import type { Script } from '../util/sh.ts';

/** Something that must hold before the next task; never changes anything. */
export interface CheckWant {
  /** What must hold, as in `the clock is synchronised`. */
  readonly that: string;
  /** Read-only. */
  readonly probe: Script;
  /** Judges the answer: true, or the reason why it doesn't hold. */
  readonly holds: (reply: Reply) => true | string;
  /** What the user can do about it. */
  readonly next?: string | undefined;
}

export const requirementType: TaskType<CheckWant, Reply> = {
  name: 'requirement',
  title: ({ that }) => `check that ${that}`,
  fact: ({ that, probe }) => defineFact({ name: that, script: probe, parse: (reply) => reply }),
  diff(reply, { that, holds, next }) {
    const verdict = holds(reply);
    if (verdict === true) return [];
    throw new PlayError({ kind: 'failed', what: `it does not hold that ${that}`, why: verdict, next });
  },
  apply() {
    throw new Error('a check changes nothing');
  },
};

/** A condition that must hold. Stops the host with a reason when it does not; never changes anything. */
export const check = defineTask(requirementType);
