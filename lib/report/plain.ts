import type { EventError, RunEvent } from '../model/events.ts';
import {
  describeCounts,
  describeEnd,
  describeError,
  describeRef,
  describeScript,
  STATUS_STYLE,
  statusWord,
} from './describe.ts';
import { showDiff } from './diff.ts';
import type { Reporter, ReporterOptions } from './options.ts';
import { type Paint, painter } from './paint.ts';
import { recapText } from './recap.ts';
import { Sink } from './sink.ts';
import { countTasks, type TaskEvent } from './state.ts';
import { clean, duration, oneLine, outputLine, plural } from './text.ts';
import { Tracker } from './track.ts';

/** Prints events as lines, in order, for logs and CI; nothing is redrawn. */
export function plainReporter(options: ReporterOptions): Reporter {
  const sink = new Sink(options.stdout);
  const clock = options.clock ?? Date.now;
  const lines = new PlainLines(options, painter(options.colour));
  return {
    onEvent(event) {
      for (const line of lines.of(event, clock())) sink.line(line);
    },
    end: () => sink.end(),
  };
}

class PlainLines {
  readonly #tracker = new Tracker();
  readonly #options: Pick<ReporterOptions, 'verbosity' | 'diff'>;
  readonly #paint: Paint;

  constructor(options: Pick<ReporterOptions, 'verbosity' | 'diff'>, paint: Paint) {
    this.#options = options;
    this.#paint = paint;
  }

  of(event: RunEvent, now: number): string[] {
    this.#tracker.take(event, now);
    const paint = this.#paint;
    const { verbosity } = this.#options;
    switch (event.type) {
      case 'run':
        return event.check ? ['CHECK MODE: no changes will be made'] : [];
      case 'play':
        return ['', paint('bold', `PLAY ${oneLine(event.play)} (${plural(event.hosts.length, 'host')})`)];
      case 'connected':
        return verbosity < 2 ? [] : [`connected: ${event.host} (${duration(event.durationMs)})`];
      case 'applying':
        return verbosity < 2 ? [] : [`applying: ${describeRef(event)}`];
      case 'script':
        return verbosity < 3 ? [] : describeScript(event).map((line) => paint('dim', line));
      case 'output':
        return verbosity < 1 ? [] : [paint('dim', `${event.host} | ${outputLine(event.line)}`)];
      case 'task':
        return this.#task(event);
      case 'role-end':
        return this.#roleEnd(event.host, event.role, now);
      case 'unreachable':
        return this.#error('unreachable', event.host, event.error);
      case 'host-failed':
        return this.#error('failed', event.host, event.error);
      case 'warning': {
        const host = event.host === undefined ? '' : `${event.host} | `;
        return [`${paint('yellow', 'warning:')} ${host}${oneLine(event.text)}`];
      }
      case 'gate': {
        const { gate, moment, reasons } = event;
        if (reasons.length === 0)
          return verbosity < 1 ? [] : [`${paint('green', 'holds:')} ${oneLine(gate)} (${moment})`];
        return [
          `${paint('red', 'stop:')} ${oneLine(gate)}`,
          ...reasons.map((why) => `  why: ${oneLine(why)}`),
        ];
      }
      case 'report':
        return ['', paint('bold', oneLine(event.title)), clean(event.text)];
      case 'recap':
        return ['', paint('bold', 'RECAP'), recapText(event, { ...this.#context(), paint })];
      default:
        return [];
    }
  }

  #context() {
    return { check: this.#tracker.check, firstErrors: this.#tracker.firstErrors };
  }

  #task(event: TaskEvent): string[] {
    const { status, error, diff, durationMs } = event;
    const { verbosity, diff: showsDiff } = this.#options;
    if ((status === 'ok' || status === 'skipped') && verbosity < 1) return [];
    const paint = this.#paint;
    const word = paint(STATUS_STYLE[status], `${statusWord(status, this.#tracker.check)}:`);
    const end = describeEnd(event);
    const time = status === 'changed' && durationMs >= 1000 ? ` (${duration(durationMs)})` : '';
    return [
      `${word} ${describeRef(event)}${end && ` — ${end}`}${time}`,
      ...(error ? describeError(error, paint) : []),
      ...(showsDiff && diff ? [showDiff(diff, paint)] : []),
    ];
  }

  #error(word: string, host: string, error: EventError): string[] {
    const paint = this.#paint;
    return [`${paint('red', `${word}:`)} ${host} — ${oneLine(error.what)}`, ...describeError(error, paint)];
  }

  #roleEnd(host: string, name: string, now: number): string[] {
    const states = this.#tracker.plays.flatMap((play) => [...play.hosts.values()]);
    const roles = states.filter((state) => state.host === host).flatMap((state) => state.roles);
    const role = roles.findLast((each) => each.role === name);
    if (role === undefined) return [];
    const counts = describeCounts(countTasks(role.tasks), this.#tracker.check, this.#paint);
    const unfinished = role.ended?.ok === false ? ', not finished' : '';
    return [`${host} | ${role.role}: ${counts}${unfinished} (${duration(now - role.since)})`];
  }
}
