// Code of a playbook runs in the process of the program and could end it in silence. This is what keeps it from that.
// Only the command line sets it up: a program that imports the library keeps its process to itself.
import { syncBuiltinESMExports } from 'node:module';
import { exitCodeOf } from '../model/exit-code.ts';
import { inputError, type PlayError } from '../util/errors.ts';
import { isEngineError } from '../util/stack.ts';
import { type Current, endedEarly, exitCalled, loadsTooLong, neverSettles, uncaught } from './uncaught.ts';

/** Seconds that a playbook may take to load. */
const LOAD_SECONDS = 60;
/** What a timer can be set to at most. */
const MOST_MS = 2 ** 31 - 1;
const LOAD_VARIABLE = 'TS_PLAY_LOAD_SECONDS';

/** Says what stopped the program. @returns the exit code */
type Failed = (error: PlayError) => number;
/** Ends what is under way on hosts. */
type Abort = (error: PlayError) => void;

let failed: Failed | undefined;
let abort: Abort | undefined;
let current: Current | undefined;
let stopped: PlayError | undefined;
/** Set when the program has come to its end: nothing changes its exit code any more. */
let ended: number | undefined;

const exitNow = process.exit.bind(process);

/** Runs the program. Whatever would end it otherwise is an error with a place. @returns the exit code */
export async function guarded(tell: Failed, program: () => Promise<number>): Promise<number> {
  failed = tell;
  process.on('uncaughtException', (thrown) => caught(thrown, false));
  process.on('unhandledRejection', (reason) => caught(reason, true));
  process.on('beforeExit', onIdle);
  process.on('exit', onExit);
  process.exit = exit;
  // For those who import `exit` by its name.
  syncBuiltinESMExports();
  const code = await program();
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  return end(stopped === undefined ? code : exitCodeOf(stopped));
}

/** Loads a playbook, which must not take for ever. */
export async function whileLoading<T>(file: string, load: () => Promise<T>): Promise<T> {
  const seconds = loadSeconds();
  current = { file, loading: true };
  const timer = setTimeout(
    () => stop(loadsTooLong(file, seconds, LOAD_VARIABLE)),
    Math.min(seconds * 1000, MOST_MS),
  );
  // It must not keep a process going that has nothing left to wait for.
  timer.unref();
  try {
    return await load();
  } finally {
    clearTimeout(timer);
    current = { file, loading: false };
  }
}

/** From now on hosts are worked on: what stops the program first aborts that. Returns a function that ends this. */
export function whileUnderWay(act: Abort): () => void {
  abort = act;
  return () => {
    abort = undefined;
  };
}

/** What stopped the program, if anything has. */
export function whatStopped(): PlayError | undefined {
  return stopped;
}

function caught(thrown: unknown, promise: boolean): void {
  stop(uncaught(thrown, { promise, current, contact: abort !== undefined }));
}

/** The first error counts: those that follow come from stopping. */
function stop(error: PlayError): void {
  if (stopped !== undefined) return;
  stopped = error;
  if (abort === undefined) endAtOnce(error);
  else abort(error);
}

function endAtOnce(error: PlayError): void {
  if (failed === undefined || ended !== undefined) return;
  exitNow(end(failed(error)));
}

function end(code: number): number {
  ended = code;
  // Behind those of the playbook, which could set another one.
  process.on('exit', () => {
    process.exitCode = code;
  });
  return code;
}

function exit(code?: number | string | null): never {
  if (ended !== undefined) return exitNow(ended);
  const call = new Error(`process.exit(${code ?? ''})`);
  Error.captureStackTrace(call, exit);
  if (typeof code === 'number' && isEngineError(call)) return exitNow(end(code));
  const error = stopped ?? exitCalled(code, call, current);
  stop(error);
  // A run that is being aborted goes on until its hosts are left in order, but not the code that called.
  throw error;
}

/** Nothing is left that the process could wait for, and the program has not come to its end. */
function onIdle(): void {
  if (ended !== undefined) return;
  if (stopped === undefined) stop(neverSettles(current));
  else endAtOnce(stopped);
}

/** The last resort, for ways out that nobody thought of. */
function onExit(): void {
  if (ended !== undefined || failed === undefined) return;
  process.exitCode = failed(stopped ?? endedEarly(current));
}

/** A pipe takes no more than its reader makes room for: the rest would be lost with the process. */
async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return;
  await new Promise<void>((resolve) => {
    stream.on('error', () => resolve());
    stream.write('', () => resolve());
  });
}

function loadSeconds(): number {
  const given = process.env[LOAD_VARIABLE];
  if (given === undefined || given === '') return LOAD_SECONDS;
  const seconds = Number(given);
  if (Number.isFinite(seconds) && seconds > 0) return seconds;
  throw inputError(`${LOAD_VARIABLE} must be a number of seconds, and not ${JSON.stringify(given)}`, {
    next: `${LOAD_VARIABLE}=${LOAD_SECONDS * 5}`,
  });
}
