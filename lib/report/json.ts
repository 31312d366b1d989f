import type { Reporter, ReporterOptions } from './options.ts';
import { Sink } from './sink.ts';

/** One event a line, exactly as it happened; the recap is the last line. */
export function jsonReporter({ stdout }: Pick<ReporterOptions, 'stdout'>): Reporter {
  const sink = new Sink(stdout);
  return {
    onEvent: (event) => sink.line(JSON.stringify(event)),
    end: () => sink.end(),
  };
}
