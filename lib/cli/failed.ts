import { exitCodeOf } from '../model/exit-code.ts';
import type { Output } from '../report/options.ts';
import { eventError } from '../run/emit.ts';
import { asPlayError, formatError, type PlayError } from '../util/errors.ts';
import { stackLines } from '../util/stack.ts';

const shown = { stacks: false };

/** Has stacks shown when the command line asks for them with `-vvv`. */
export function showStacksFor(args: readonly string[]): void {
  const count = args.reduce((sum, word) => {
    if (word === '--verbose') return sum + 1;
    return /^-[A-Za-z]+$/.test(word) ? sum + word.split('v').length - 1 : sum;
  }, 0);
  shown.stacks = count >= 3;
}

/**
 * An error that ended the program: in words on stderr and, for programs, as events on stdout.
 * @param isRun whether the command is a run, whose last event is a recap
 * @returns the exit code
 */
export function failedCommand(thrown: unknown, output: Output, isRun = true): number {
  const error = asPlayError(thrown, 'failed');
  const exitCode = exitCodeOf(error);
  if (output === 'json') {
    emit({ type: 'error', error: eventError(error) });
    if (isRun) emit({ type: 'recap', exitCode, durationMs: 0, hosts: {} });
  }
  tell(error);
  return exitCode;
}

/** Says on stderr what went wrong, and at `-vvv` where in the code. */
export function tell(error: PlayError, said = formatError(error)): void {
  const lines = [said];
  if (error.cause instanceof Error) {
    if (shown.stacks) lines.push(stackLines(error.cause));
    else if (error.kind !== 'input' && error.next === undefined) lines.push('  next: -vvv shows the stack');
  }
  process.stderr.write(`${lines.filter(Boolean).join('\n')}\n`);
}

function emit(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
