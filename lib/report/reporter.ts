import { jsonReporter } from './json.ts';
import type { Output, Reporter, ReporterOptions } from './options.ts';
import { plainReporter } from './plain.ts';

export type { Output, Reporter, ReporterOptions } from './options.ts';

/** The reporter for an output. `live` falls back to `plain` when stdout can't be redrawn. */
export async function createReporter(output: Output, options: ReporterOptions): Promise<Reporter> {
  if (output === 'json') return jsonReporter(options);
  if (output === 'plain' || !canRedraw(options)) return plainReporter(options);
  // Loaded only when used: listr2 adds to the start-up time, and the other reporters don't need it.
  const { liveReporter } = await import('./live/reporter.ts');
  return liveReporter(options);
}

function canRedraw({ stdout }: ReporterOptions): boolean {
  return stdout.isTTY === true && process.env['TERM'] !== 'dumb';
}
