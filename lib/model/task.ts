import { isAbsolute, resolve } from 'node:path';
import { PlayError } from '../util/errors.ts';
import type { Script } from '../util/sh.ts';
import { callerFolder } from '../util/stack.ts';
import type { Fact, Probe, Reply } from './fact.ts';

/** One difference between what is and what is wanted. */
export interface Change {
  /** What differs, as a short noun: `content`, `mode`, `running`. */
  readonly what: string;
  /** As it is now, in a few words. Never a secret. */
  readonly from?: string | undefined;
  /** As it will be. Never a secret. */
  readonly to?: string | undefined;
  /** Whole texts for `--diff`. Left out for secrets and binary content. */
  readonly text?: { readonly before: string; readonly after: string; readonly path?: string } | undefined;
}

/** A local file that goes to the host over a channel of its own before the apply script runs. */
export interface Upload {
  /** Absolute path on the controller. */
  readonly from: string;
  /** Hex sha256 the file must have, here and there. */
  readonly sha256: string;
}

/** What has to be done on the host. */
export interface Apply {
  readonly script: Script;
  /** Each is on the host as {@link uploadedPath} when the script starts, verified. */
  readonly uploads?: readonly Upload[];
}

/** Where an {@link Upload} lies on the host while its apply script runs; the engine removes it afterwards. */
export function uploadedPath(upload: { readonly sha256: string }): string {
  return `/var/tmp/ts-play-${upload.sha256}`;
}

/**
 * What one host's task looks after, by name, with a word for how it wants it. Two tasks of one host that want
 * the same thing differently would change it for ever in turn: the engine refuses them.
 */
export type Claims = Readonly<Record<string, string>>;

/** What an earlier, not yet applied task of the same host is about to look after (check mode only). */
export interface Pending {
  readonly task: string;
  readonly claims: Claims;
}

/**
 * A kind of task: pure data in and out. The engine alone does I/O.
 * `Want` is what the playbook asks for, `State` what its fact says of the host.
 */
export interface TaskType<Want, State> {
  /** The type's name, as in `file`. */
  readonly name: string;
  /** True for a deed without a state of its own: it is done, and counts as changed, in every run. */
  readonly always?: true;
  /** For a type that changes nothing and waits instead: how long until nothing differs any more, in seconds. */
  wait?(want: Want): Wait;
  /** A short title for one task, as in `file /etc/motd`. */
  title(want: Want): string;
  /** Things this task looks after. */
  claims?(want: Want): Claims;
  /**
   * The arguments with `absolute` applied to every path on the controller in them. It makes a relative path absolute,
   * from the folder of the file that calls the task type's function.
   */
  localPaths?(want: Want, absolute: (path: string) => string): Want;
  /** Throws a plain Error when the wish makes no sense; called before any host is contacted. */
  validate?(want: Want): void;
  /** What is read from the host to know the task's state: before a change, and again after it. */
  fact(want: Want): Fact<State>;
  /**
   * What has to change; empty when all is as wanted. Throws when the wish can't be met as things stand.
   * `pending` is what earlier tasks would have changed, given only in check mode: a type that can tell what
   * it would find then says so here, otherwise the engine reports the task as unknown.
   */
  diff(state: State, want: Want, pending: readonly Pending[]): readonly Change[];
  /**
   * Makes exactly these changes. Runs under `sh` with `set -eu`; must be safe to repeat from half done, and
   * waits for its own effect.
   */
  apply(want: Want, changes: readonly Change[], state: State): Script | Apply;
}

/** How long a task waits for others to do what it wants. Seconds. */
export interface Wait {
  readonly within: number;
  readonly every: number;
  /** What the user can do when it never comes. */
  readonly next?: string | undefined;
}

/** Options every task takes beside its own wish. */
export interface TaskOptions {
  /** Replaces the type's own title. */
  readonly title?: string;
  /**
   * Handlers that run when this task changes something: at the end of the role's step, or before the next task of the
   * step that waits.
   */
  readonly notify?: Handler | readonly Handler[];
  readonly tags?: readonly string[];
  /** The user who reads the state and applies the change; the play's user when left out. */
  readonly as?: string;
  /** Hosts of a run that apply tasks with the same key take turns, and look again when their turn comes. */
  readonly oneAtATime?: string;
  /** Seconds an apply may take. Default 600. */
  readonly timeLimit?: number;
  /**
   * The host that is asked and changed instead of the one the task is laid out for: an inventory name. The task stands
   * in the order of its own host's tasks, and counts for that host.
   */
  readonly on?: string;
  /** Of all hosts that lay it out, only the play's first that is still in it when the step begins has the task. */
  readonly once?: boolean;
}

/** A type and a wish, bound: what the engine works with. */
export interface Task {
  readonly type: string;
  readonly title: string;
  readonly always: boolean;
  /** It is waited for, never applied. */
  readonly wait?: Wait | undefined;
  readonly options: TaskOptions;
  readonly claims: Claims;
  /** What its host is asked about it. */
  readonly probe: Probe;
  /** Reads an answer: what would have to change, and how. Throws when the answer makes no sense. */
  assess(reply: Reply, pending: readonly Pending[]): Assessment;
}

/** What a task's fact means: what would change, and how to change it. */
export interface Assessment {
  readonly changes: readonly Change[];
  /** What has to run on the host for exactly these changes. */
  apply(): Apply;
}

/**
 * Something to run once after changes, such as a reload. It is owed from before the first change that
 * notifies it until it succeeds, also across runs: a marker on the host remembers.
 */
export interface Handler {
  readonly name: string;
  readonly script: Script;
  readonly timeLimit?: number;
}

/**
 * Makes a task type usable in playbooks: `const file = defineTask(fileType)`, then `file({ path: … })`.
 * @throws Error from the type's `validate` when the wish makes no sense.
 */
export function defineTask<Want, State>(
  type: TaskType<Want, State>,
): (want: Want, options?: TaskOptions) => Task {
  return function make(given, options = {}) {
    const want = checked(type, given, options, make);
    const fact = type.fact(want);
    return {
      type: type.name,
      title: options.title ?? type.title(want),
      always: type.always ?? false,
      wait: type.wait?.(want),
      options,
      claims: type.claims?.(want) ?? {},
      probe: { script: fact.script, as: options.as ?? fact.as, joint: fact.joint },
      assess(reply, pending) {
        const state = fact.parse(reply);
        const changes = type.diff(state, want, pending);
        return {
          changes,
          apply() {
            const made = type.apply(want, changes, state);
            return 'script' in made ? made : { script: made };
          },
        };
      },
    };
  };
}

/** The arguments, with absolute local paths. What is wrong with them is thrown with the stack of the call. */
function checked<Want, State>(
  type: TaskType<Want, State>,
  given: Want,
  options: TaskOptions,
  call: (want: Want) => Task,
): Want {
  try {
    const want = type.localPaths?.(given, (path) =>
      isAbsolute(path) ? path : resolve(callerFolder(), path),
    );
    type.validate?.(want ?? given);
    if (options.on !== undefined && options.notify !== undefined) {
      throw new Error(`a task on ${options.on} can't notify a handler of the host it is laid out for`);
    }
    return want ?? given;
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    const error = thrown instanceof PlayError ? thrown : new Error(thrown.message, { cause: thrown });
    Error.captureStackTrace(error, call);
    throw error;
  }
}
