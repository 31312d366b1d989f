import { inputError, type Place, PlayError } from '../errors.ts';
import { isEngineError, ownPlace } from './stack.ts';

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

/** What nothing caught: thrown in a timer or in the handler of an event, or the reason of a promise nobody awaits. */
export function uncaught(
  thrown: unknown,
  { promise, current }: { readonly promise: boolean; readonly current: Current | undefined },
): PlayError {
  if (thrown instanceof PlayError) return thrown;
  const whose = (of: string) =>
    promise
      ? `a promise${of} was rejected, and nothing handled it`
      : `an error${of} was thrown, and nothing caught it`;
  const why = reasonOf(thrown);
  const own = thrown instanceof Error ? ownPlace(thrown) : undefined;
  const engine = own === undefined && thrown instanceof Error && isEngineError(thrown);
  // The engine throws errors only; whatever else is thrown comes from a playbook.
  const playbook = !engine && current !== undefined && (current.loading || !(thrown instanceof Error));
  if (own !== undefined || playbook) {
    return inputError(whose(' of the playbook'), {
      where: own ?? placeOf(current),
      why,
      next: promise
        ? 'await the promise, or catch its error'
        : 'catch it where it is thrown: in a timer, or in the handler of an event',
      cause: thrown,
    });
  }
  return new PlayError({
    kind: 'failed',
    what: engine ? 'ts-play itself has failed' : whose(''),
    why,
    ...(engine ? {} : { next: 'run it again with -vvv for the stack: no line of the playbook is in it' }),
    cause: thrown,
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
  const value =
    typeof thrown === 'object' || typeof thrown === 'function'
      ? `${thrown === null ? 'null' : `a ${typeof thrown}`}`
      : JSON.stringify(thrown);
  return `${value ?? String(thrown)} was thrown, which is no Error: nothing tells the line`;
}

function placeOf(current: Current | undefined): Place {
  return current === undefined ? {} : { file: current.file };
}
