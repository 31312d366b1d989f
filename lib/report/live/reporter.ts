import type { RunEvent } from '../../model/events.ts';
import type { Reporter, ReporterOptions } from '../options.ts';
import { painter } from '../paint.ts';
import { Sink } from '../sink.ts';
import { hasFailed } from '../state.ts';
import { Tracker } from '../track.ts';
import { Conditions } from './conditions.ts';
import { frame } from './frame.ts';
import { activity } from './host-lines.ts';
import { drawUntilEnd, type RowResult } from './listr.ts';
import { summary } from './summary.ts';

/** Redraws plays and hosts while they run, then replaces the drawing with a summary that stays. */
export function liveReporter(options: ReporterOptions): Reporter {
  const { stdout, stderr } = options;
  const clock = options.clock ?? Date.now;
  const paint = painter(options.colour);
  const sink = new Sink(stdout);
  const tracker = new Tracker();
  const conditions = new Conditions();
  let drawing: Promise<void> | undefined;
  const context = () => ({ tracker, paint, now: clock() });

  function start(): Promise<void> {
    return drawUntilEnd({
      stdout,
      stderr,
      paint,
      plays: [...tracker.plays],
      // One line less for the cursor below the frame, and one for the shell's line above it.
      frame: () => frame(context(), Math.max(3, (stdout.rows ?? 24) - 2)),
      isIdle: (host) => ['idle', 'waiting'].includes(activity(host, tracker)),
      over: conditions.until(() => false),
      started: (play) => conditions.until(() => play.since !== undefined),
      ended: async (play, host): Promise<RowResult> => {
        await conditions.until(() => hasFailed(host) || play.ended !== undefined);
        return hasFailed(host) ? 'failed' : 'ok';
      },
    });
  }

  return {
    onEvent(event: RunEvent) {
      tracker.take(event, clock());
      if (event.type === 'run' && tracker.plays.length > 0) drawing ??= start();
      conditions.check();
    },
    async end() {
      conditions.end();
      const [drawn] = await Promise.allSettled([drawing]);
      const text = summary(context(), options);
      if (text !== '') sink.line(text);
      await sink.end();
      if (drawn.status === 'rejected') throw drawn.reason;
    },
  };
}
