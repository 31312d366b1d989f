import type { Script } from '../util/sh.ts';

/** What a host answered to one script. Text is UTF-8, without the final newline of either stream. */
export interface Reply {
  /** Exit code; 0 is success. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A script that reads something from a host, and who runs it. */
export interface Probe {
  /** Read-only, cheap, with nothing on stdin. Runs under `sh` without `set -e`, with LC_ALL=C. */
  readonly script: Script;
  /** The user who runs it; the play's user when left out. */
  readonly as?: string | undefined;
  /** The same for many facts of one kind at once, where one script for all is cheaper. */
  readonly joint?: Joint | undefined;
}

/**
 * Something that is read from a host: a script, and what its answer means. Steps and gates ask for facts, and each task
 * reads its state as one. Facts with the same script and the same user are one to the engine: it is asked once per look.
 */
export interface Fact<T> extends Probe {
  /** A short noun phrase for messages, as in `state of the broker`. */
  readonly name: string;
  /**
   * For what changes by itself, such as who holds an address: a step or a gate never gets an answer from before it
   * asked. Without it, an answer is used again until the run changes something on any host. A task needs no such word:
   * it is always judged by what its host said after the last change there.
   */
  readonly fresh?: boolean | undefined;
  /** Makes sense of the answer. Throws an Error when it can't. */
  parse(reply: Reply): T;
}

/** Facts of one kind that one script can answer together. The answers must be those that each fact's own script gives. */
export interface JointProbe {
  /** Probes of the same name, run as the same user, go into one script. */
  readonly name: string;
  /** One script that reads all items. */
  script(items: readonly JointItem[]): Script;
  /** Each item's own answer, in order; undefined when the host's answer doesn't fit, so that each is asked alone. */
  split(reply: Reply, items: readonly JointItem[]): readonly Reply[] | undefined;
}

/** The words that tell one fact from others of its kind. Never a secret. */
export type JointItem = readonly string[];

/** A fact's place among others of its kind. */
export interface Joint {
  readonly probe: JointProbe;
  readonly item: JointItem;
}

/**
 * Makes a fact that steps, gates and task types can ask for:
 * ``const kernel = defineFact({ name: 'kernel', script: sh`uname -r`, parse: ({ stdout }) => stdout })``.
 * A fact with arguments is a function that returns one.
 */
export function defineFact<T>(fact: Fact<T>): Fact<T> {
  return fact;
}
