import { defineFact, type Reply } from '../model/fact.ts';
import { defineTask, type TaskType } from '../model/task.ts';
import type { Script } from '../util/sh.ts';

/** Something that comes about by itself, and is waited for. */
export interface UntilWant {
  /** What shall hold, as in `the queue is synchronised`. */
  readonly that: string;
  /** Read-only. */
  readonly probe: Script;
  /** Judges the answer: true, or what is still missing. */
  readonly holds: (reply: Reply) => true | string;
  /** Seconds it is given. */
  readonly within: number;
  /** Seconds between two looks. Default 1. */
  readonly every?: number | undefined;
  /** What the user can do when it never comes. */
  readonly next?: string | undefined;
}

export const untilType: TaskType<UntilWant, Reply> = {
  name: 'until',
  title: ({ that }) => `wait until ${that}`,
  validate({ that, within, every = 1 }) {
    if (!(within > 0 && every > 0)) throw new Error(`"wait until ${that}" needs seconds above 0`);
  },
  wait: ({ within, every = 1, next }) => ({ within, every, next }),
  fact: ({ that, probe }) => defineFact({ name: that, script: probe, parse: (reply) => reply }),
  diff(reply, { holds }) {
    const verdict = holds(reply);
    return verdict === true ? [] : [{ what: verdict }];
  },
  apply() {
    throw new Error('a wait changes nothing');
  },
};

/** A condition that is waited for, up to a time limit, after the handlers that are pending by then; never changes anything. */
export const until = defineTask(untilType);
