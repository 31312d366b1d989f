import { AssertionError } from 'node:assert';
import {
  formatError,
  type ParametricPlaybook,
  type Place,
  type Playbook,
  PlayError,
  type RunOptions,
  type RunResult,
  run,
} from '../index.ts';

type Ran = RunResult['tasks'][number];

/** Tasks with one of these statuses changed nothing and would change nothing. */
const UNCHANGED: readonly string[] = ['ok', 'skipped', 'failed', 'unknown'];

/** The two runs of {@link convergeTwice}. */
export interface ConvergedTwice {
  readonly first: RunResult;
  readonly second: RunResult;
}

/**
 * Runs a playbook twice and checks that both runs end well and that the second one changes nothing.
 * @throws AssertionError that names each task that failed, or was changed again
 */
export async function convergeTwice(
  playbook: Playbook | ParametricPlaybook,
  options: RunOptions,
): Promise<ConvergedTwice> {
  const first = await run(playbook, options);
  assertEndsWell(first, 'the first run');
  const second = await run(playbook, options);
  assertEndsWell(second, 'the second run');
  assertNoChanges(second, 'the second run');
  return { first, second };
}

/** What a run changed, or would change in check mode: a line `HOST TASK: WHAT, WHAT` each, in the order they ended. */
export function changesIn({ tasks }: RunResult): readonly string[] {
  return tasks.filter(hasChanged).map(({ host, task, changes }) => {
    const what = changes.map((change) => change.what).join(', ');
    return what === '' ? `${host} ${task}` : `${host} ${task}: ${what}`;
  });
}

/**
 * Checks which tasks changed something, or would in check mode, as `HOST TASK`, in any order.
 * @throws AssertionError
 */
export function assertChanges(result: RunResult, expected: readonly string[]): void {
  const actual = result.tasks
    .filter(hasChanged)
    .map(({ host, task }) => `${host} ${task}`)
    .toSorted();
  const wanted = expected.toSorted();
  if (actual.length === wanted.length && actual.every((line, index) => line === wanted[index])) return;
  throw new AssertionError({
    message: `the run changed\n${listed(actual)}\ninstead of\n${listed(wanted)}`,
    actual,
    expected: wanted,
  });
}

/** Checks that a run changed nothing, and would change nothing in check mode. @throws AssertionError */
export function assertNoChanges(result: RunResult, name = 'the run'): void {
  const actual = changesIn(result);
  if (actual.length === 0) return;
  throw new AssertionError({
    message: `${name} changed\n${listed(actual)}`,
    actual,
    expected: [],
  });
}

/** What a refusal must be like; what is left out is not looked at. */
export interface Refusal {
  readonly kind?: PlayError['kind'];
  /** A text within the sentence, or a pattern. */
  readonly what?: string | RegExp;
  readonly next?: string | RegExp;
  readonly where?: Place;
}

/**
 * Checks that a run, or anything else, is refused with a {@link PlayError}: by default before any contact (`input`).
 * @returns the error
 * @throws AssertionError
 */
export async function assertRefused(
  attempt: () => unknown,
  { kind = 'input', what, next, where = {} }: Refusal = {},
): Promise<PlayError> {
  const error = await thrownBy(attempt);
  if (!(error instanceof PlayError)) throw different('a PlayError', error);
  const shown = formatError(error);
  if (error.kind !== kind) throw different(`an error of kind ${kind}`, `${error.kind}: ${shown}`);
  if (!fits(error.what, what)) throw different(`an error like ${what}`, shown);
  if (!fits(error.next ?? '', next)) throw different(`an error with the next step ${next}`, shown);
  for (const [part, value] of Object.entries(where)) {
    if (Object.entries(error.where).some(([name, actual]) => name === part && actual === value)) continue;
    throw different(`an error with the ${part} ${value}`, shown);
  }
  return error;
}

async function thrownBy(attempt: () => unknown): Promise<unknown> {
  try {
    await attempt();
  } catch (thrown) {
    return thrown;
  }
  throw new AssertionError({ message: 'it was not refused' });
}

function fits(text: string, wanted: string | RegExp | undefined): boolean {
  if (wanted === undefined) return true;
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
}

function different(expected: string, actual: unknown): AssertionError {
  return new AssertionError({ message: `expected ${expected}, but got: ${actual}`, actual, expected });
}

function assertEndsWell(result: RunResult, name: string): void {
  if (result.exitCode === 0) return;
  const failures = result.tasks.flatMap(({ host, task, error }) =>
    error === undefined ? [] : [`${host} ${task}: ${error.what}${error.why ? ` (${error.why})` : ''}`],
  );
  throw new AssertionError({
    message: `${name} ended with ${result.exitCode}\n${listed(failures)}`,
    actual: result.exitCode,
    expected: 0,
  });
}

function hasChanged({ status }: Ran): boolean {
  return !UNCHANGED.includes(status);
}

function listed(lines: readonly string[]): string {
  return lines.length === 0 ? '  nothing' : lines.map((line) => `  ${line}`).join('\n');
}
