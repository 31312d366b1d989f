import type { Playbook } from '../model/play.ts';
import { type CheckedVars, isRoleUse, type Layout } from '../model/role.ts';
import type { Task } from '../model/task.ts';
import { foreignVersion } from '../util/brand.ts';
import { inputError, PlayError } from '../util/errors.ts';
import { version } from '../util/package.ts';
import { Script } from '../util/sh.ts';

/**
 * Refuses a playbook whose plays, roles or tasks are something else: what the type checker finds, it does not find in
 * JavaScript, behind a cast, or for a name that a module turns out not to have.
 * @throws PlayError `input` with the play's name and the position
 */
export function refuseMalformed(playbook: Playbook): void {
  const { plays }: { readonly plays: unknown } = playbook;
  if (!Array.isArray(plays)) throw inputError(`a playbook needs a list of plays, not ${named(plays)}`);
  if (plays.length === 0) {
    throw inputError('nothing is to be done: the playbook has no plays', {
      next: "write at least one: plays: [{ name: 'web', hosts: 'web', tasks: [ … ] }]",
    });
  }
  for (const [index, play] of plays.entries()) {
    if (typeof play !== 'object' || play === null)
      throw inputError(`plays[${index}] is ${named(play)}, not a play`);
    refusePlay(play, `play "${play.name || `play ${index + 1}`}"`);
  }
}

/** What a step came to. @throws PlayError `failed` when that does not lay out tasks */
export function asLayout(layout: unknown, step: string): Layout<CheckedVars> {
  if (typeof layout === 'function') return layout as Layout<CheckedVars>;
  throw malformed(`${step} gives ${named(layout)} instead of a function that lays out a host's tasks`);
}

/** What was laid out for a host. @throws PlayError `failed` when it is no list of tasks */
export function asTasks(tasks: unknown, step: string): readonly Task[] {
  const why = notTasks(tasks);
  if (why === undefined) return tasks as readonly Task[];
  throw malformed(`${step} lays out ${why}`);
}

function refusePlay(play: Readonly<Record<string, unknown>>, where: string): void {
  const { hosts, roles = [], tasks = [], undo = [] } = play;
  if (typeof hosts !== 'string') throw inputError(`hosts of ${where} is ${named(hosts)}, not a pattern`);
  if (!Array.isArray(roles)) throw inputError(`roles of ${where} is ${named(roles)}, not a list of roles`);
  for (const [index, role] of roles.entries()) refuseRole(role, `roles[${index}] of ${where}`);
  for (const [name, value] of Object.entries({ tasks, undo })) {
    const why = typeof value === 'function' ? undefined : notTasks(value);
    if (why !== undefined) throw inputError(`${name} of ${where} is ${why}`);
  }
}

function refuseRole(role: unknown, where: string): void {
  if (typeof role === 'function') {
    const { definition } = role as { readonly definition?: { readonly name?: unknown } };
    const name = typeof definition?.name === 'string' ? `the role ${definition.name}` : 'a role';
    throw inputError(`${where} is ${name} that was not called`, {
      next: 'write it with its variables, if any, in parentheses: roles: [motd()] instead of roles: [motd]',
    });
  }
  if (typeof role !== 'object' || role === null || !('steps' in role) || !('schema' in role)) {
    throw inputError(`${where} is ${named(role)}, not a role`, {
      ...(role === undefined ? { why: 'a name that its module does not export is undefined' } : {}),
      next: 'put in what a role made with defineRole returns: roles: [motd()]',
    });
  }
  const theirs = foreignVersion(role, 'role');
  if (theirs !== undefined) {
    throw inputError(
      `${where} is made for ts-play ${theirs}, which is incompatible with this one, ${version()}`,
      {
        next: "update the role's package, or install the ts-play that it names as its peer dependency: npm ls ts-play",
      },
    );
  }
  if (!isRoleUse(role)) {
    throw inputError(`${where} was not made by a role`, {
      why: 'it has the members of a role, and defineRole did not make it',
      next: 'put in what a role made with defineRole returns: roles: [motd()]',
    });
  }
  const { steps }: { readonly steps: unknown } = role;
  if (!Array.isArray(steps)) throw inputError(`steps of ${where} is ${named(steps)}, not a list of steps`);
  for (const [index, step] of steps.entries()) {
    if (typeof step !== 'function')
      throw inputError(`steps[${index}] of ${where} is ${named(step)}, not a step`);
  }
}

/** What is wrong with a list of tasks, or nothing. */
function notTasks(tasks: unknown): string | undefined {
  if (!Array.isArray(tasks)) return `${named(tasks)}, not a list of tasks`;
  const index = tasks.findIndex((task) => !(task?.probe?.script instanceof Script));
  if (index < 0) return undefined;
  const theirs = foreignVersion(tasks[index]?.probe?.script, 'script');
  return theirs === undefined
    ? `a list whose item ${index + 1} is ${named(tasks[index])}, not a task`
    : `a list whose item ${index + 1} is a task of ts-play ${theirs}, which is incompatible with this one, ${version()}`;
}

/** A value by its kind; what is in it may be secret. */
function named(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Promise) return 'a promise';
  if (typeof value === 'string') return 'text';
  return `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

function malformed(what: string): PlayError {
  return new PlayError({
    kind: 'failed',
    what,
    next: 'a step is: async (context) => (host) => [ … tasks … ]',
  });
}
