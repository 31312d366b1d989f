import type { Reporter, ReporterOptions } from './options.ts';
import { Sink } from './sink.ts';

/** Writes each event as one line of JSON, unchanged; the recap is the last line. */
export function jsonReporter({ stdout }: Pick<ReporterOptions, 'stdout'>): Reporter {
  const sink = new Sink(stdout);
  return {
    onEvent: (event) => sink.line(JSON.stringify(event)),
    end: () => sink.end(),
  };
}
