import { isatty } from 'node:tty';
import type { EventError, Listener } from '../model/events.ts';
import { EXIT } from '../model/exit-code.ts';
import { describeError } from '../report/describe.ts';
import type { Verbosity } from '../report/options.ts';
import { painter } from '../report/paint.ts';
import { createReporter, type Output } from '../report/reporter.ts';
import { tell } from './failed.ts';
import { whatStopped, whileUnderWay } from './guard.ts';

/** What a run needs to be seen and to be interrupted. */
export interface Reported {
  readonly onEvent: Listener;
  readonly signal: AbortSignal;
}

export interface ReportedOptions {
  readonly output: Output;
  readonly verbosity: Verbosity;
  readonly diff: boolean;
}

/** `live` on a terminal, `plain` elsewhere. */
export function defaultOutput(): Output {
  return process.stdout.isTTY ? 'live' : 'plain';
}

/** Does `work` while its events are shown on this process's stdout. Ctrl-C, TERM and a terminal that hangs up interrupt it. */
export async function reported<T>(
  { output, verbosity, diff }: ReportedOptions,
  work: (reported: Reported) => Promise<T>,
): Promise<T> {
  const reporter = await createReporter(output, {
    stdout: process.stdout,
    stderr: process.stderr,
    verbosity,
    diff,
    colour: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
  });
  const interrupt = new AbortController();
  const onSignal = () => {
    // A second one means it: whatever is still waited for is left as it is.
    if (interrupt.signal.aborted) process.exit(EXIT.aborted);
    interrupt.abort(new Error('interrupted'));
  };
  const onTerminal = [0, 1, 2].some((stream) => isatty(stream));
  let hungUp = false;
  // A closing terminal hangs up twice, by the kernel and by the shell: the second time means no more than the first.
  const onHangUp = () => {
    hungUp = true;
    interrupt.abort(new Error('interrupted'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onHangUp);
  let release: (() => void) | undefined;
  let told: EventError | undefined;
  const onEvent: Listener = (event) => {
    // Before its first event a run has touched nothing: then there is nothing to end in order.
    release ??= whileUnderWay((error) => interrupt.abort(error));
    if (event.type === 'error') told = event.error;
    reporter.onEvent(event);
  };
  try {
    return await work({ onEvent, signal: interrupt.signal });
  } finally {
    await reporter.end();
    release?.();
    tellStop(told);
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    process.off('SIGHUP', onHangUp);
    // Node aborts when it ends as usual and its terminal is gone.
    if (hungUp && onTerminal) process.kill(process.pid, 'SIGHUP');
  }
}

/** What stopped a run is the last thing that a person reads; as an event it has no secrets left. */
function tellStop(told: EventError | undefined): void {
  const stopped = whatStopped();
  if (stopped === undefined) return;
  tell(stopped, told && [told.what, ...describeError(told, painter(false))].join('\n'));
}
