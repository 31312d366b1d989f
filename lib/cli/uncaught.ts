import { inputError, type Place, PlayError } from '../util/errors.ts';
import { isEngineError, ownPlace } from '../util/stack.ts';

/** A playbook whose code may be running: its file, and whether that is still being loaded. */
export interface Current {
  readonly file: string;
  readonly loading: boolean;
}

/** `process.exit` was called by code of a playbook; `call` has the stack. */
export function exitCalled(code: unknown, call: Error, current: Current | undefined): PlayError {
  const what = `the playbook called process.exit(${code === undefined ? '' : String(code)})`;
  return inputError(current?.loading ? `${what} while it was being loaded` : what, {
    where: ownPlace(call) ?? placeOf(current),
    why: 'a playbook must not end the program: what it has begun on hosts would be left half done',
    next: "to stop with an error: throw new Error('the reason'); to do nothing: return no tasks",
    cause: call,
  });
}

/**
 * What nothing caught: thrown in a timer or in the handler of an event, or the reason of a promise nobody awaits.
 * @param contact whether hosts are being worked on: then the engine, too, has connections that can fail
 */
export function uncaught(
  thrown: unknown,
  { promise, current, contact }: { promise: boolean; current: Current | undefined; contact: boolean },
): PlayError {
  if (thrown instanceof PlayError) return thrown;
  const error = thrown instanceof Error ? thrown : undefined;
  const own = error && ownPlace(error);
  const engine = own === undefined && error !== undefined && isEngineError(error);
  const why = reasonOf(thrown);
  // The engine throws errors only; whatever else is thrown comes from a playbook.
  if (own || (current && !engine && (error === undefined || !contact))) {
    return inputError(
      promise
        ? 'a promise of the playbook was rejected, and nothing handled it'
        : 'the playbook threw an error that nothing caught',
      {
        where: own ?? placeOf(current),
        why,
        next: promise
          ? 'await the promise, or catch its error'
          : 'catch it where it is thrown: in a timer, or in the handler of an event',
        cause: thrown,
      },
    );
  }
  const what = promise
    ? 'a promise was rejected, and nothing handled it'
    : 'an error was thrown that nothing caught';
  return new PlayError({
    kind: 'failed',
    what: engine ? 'ts-play itself has failed' : what,
    why,
    next: engine
      ? 'this is a mistake in ts-play, not in the playbook; -vvv shows the stack'
      : '-vvv shows the stack; no line of the playbook is in it',
    cause: thrown ?? why,
  });
}

/** A playbook that waits for what can't come. */
export function neverSettles(current: Current | undefined): PlayError {
  const subject = current?.loading ? 'the playbook is never loaded to its end' : 'the run can never end';
  return inputError(subject, {
    where: placeOf(current),
    why: 'it awaits a promise that nothing can settle any more: no timer, no connection and no process is left',
    next: 'look for an await, or for a new Promise(…) that never calls resolve',
  });
}

/** Something ended the program, and nobody knows how. */
export function endedEarly(current: Current | undefined): PlayError {
  return inputError('the program was ended before its work was done', {
    where: placeOf(current),
    next: 'look for code of the playbook that ends processes',
  });
}

/** A playbook that loads for too long. */
export function loadsTooLong(file: string, seconds: number, variable: string): PlayError {
  return inputError(`the playbook was not loaded within ${seconds} seconds`, {
    where: { file },
    why: 'its code awaits something that has not come',
    next: `give what it awaits a time limit, or allow more seconds: ${variable}=${seconds * 5}`,
  });
}

/** What was thrown, in words; it need not be an error. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message || thrown.name;
  if (
    typeof thrown === 'object' &&
    thrown !== null &&
    'message' in thrown &&
    typeof thrown.message === 'string'
  )
    return thrown.message;
  return `${named(thrown)} was thrown, which is no Error: nothing tells the line`;
}

/** A value in a word; what is in an object may be secret. */
function named(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function placeOf(current: Current | undefined): Place {
  return current === undefined ? {} : { file: current.file };
}
