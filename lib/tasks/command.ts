import { defineFact } from '../model/fact.ts';
import { type Change, defineTask, type TaskType } from '../model/task.ts';
import { lines, type Script, sh } from '../util/sh.ts';
import { hostPath } from './support/paths.ts';

interface CommandBase {
  /** Runs with `set -eu` and nothing on stdin. */
  readonly run: Script;
}

interface Guards {
  /** Done when this read-only script succeeds. */
  readonly unless: Script;
  /** Done when this path exists. */
  readonly creates: string;
  /** Done when this path doesn't exist. */
  readonly removes: string;
}

/**
 * A command that says when it is already done; several guards must all hold. After it ran they must hold too, or it
 * failed. For a command that can't say so there is `action`.
 */
export type CommandWant = CommandBase &
  (Pick<Guards, 'unless'> | Pick<Guards, 'creates'> | Pick<Guards, 'removes'>) &
  Partial<Guards>;

/** The guards that don't hold. */
export interface CommandState {
  readonly open: readonly string[];
}

export const commandType: TaskType<CommandWant, CommandState> = {
  name: 'command',
  title: ({ run }) => `command ${firstLine(run)}`,
  validate(want) {
    if (!want.unless && want.creates === undefined && want.removes === undefined) {
      throw new Error(
        'command needs unless, creates or removes to know when it is done; use action() without',
      );
    }
    for (const path of [want.creates, want.removes]) if (path !== undefined) hostPath(path);
  },
  fact: ({ run, unless, creates, removes }) =>
    defineFact({
      name: `guard of command ${firstLine(run)}`,
      script: lines(
        creates !== undefined && sh`[ -e ${creates} ] || [ -L ${creates} ] || echo creates`,
        removes !== undefined && sh`if [ -e ${removes} ] || [ -L ${removes} ]; then echo removes; fi`,
        unless && unlessProbe(unless),
        sh`echo asked`,
      ),
      parse({ stdout, stderr }) {
        const open = stdout.split('\n');
        if (open.pop() !== 'asked') throw new Error(`the guard gave no answer: ${stderr}`);
        return { open };
      },
    }),
  diff: ({ open }, want): readonly Change[] => {
    const goals: Readonly<Record<string, string>> = {
      creates: `${want.creates} exists`,
      removes: `${want.removes} is gone`,
      unless: 'its guard holds',
    };
    return open.map((guard) => ({ what: guard, from: 'not done', to: goals[guard] ?? guard }));
  },
  apply: ({ run }) => run,
};

/** A script with a guard (`unless`, `creates` or `removes`) that tells when there is nothing left to do. */
export const command = defineTask(commandType);

/** The guard in a subshell of its own: it may exit, and what it prints doesn't matter. */
function unlessProbe(unless: Script): Script {
  return sh`if ! (
${unless}
) </dev/null >/dev/null; then echo unless; fi`;
}

/** A script's first line, short, secrets as `***`. */
function firstLine(script: Script): string {
  const [first = ''] = script.toString().trim().split('\n');
  return first.length > 60 ? `${first.slice(0, 59)}…` : first;
}
