import type { RunEvent } from '../../lib/model/events.ts';
import { createReporter, type Output, type ReporterOptions } from '../../lib/report/reporter.ts';
import { FakeTerminal } from '../support/fake-terminal.ts';

type DrawOptions = Partial<Omit<ReporterOptions, 'stdout' | 'stderr'>>;

/** What a reporter prints for these events: to a terminal for `live`, else to a pipe. */
export async function draw(
  output: Output,
  events: readonly RunEvent[],
  given: DrawOptions = {},
): Promise<string> {
  const stdout = new FakeTerminal({ isTTY: output === 'live' });
  const stderr = new FakeTerminal({ isTTY: output === 'live' });
  const options = { verbosity: 0, diff: false, colour: false, ...given } as const;
  const reporter = await createReporter(output, { stdout, stderr, ...options });
  for (const event of events) reporter.onEvent(event);
  await reporter.end();
  return stdout.text + stderr.text;
}
