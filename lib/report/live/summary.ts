import { describeCounts, describeEnd, describeError, STATUS_STYLE, statusWord } from '../describe.ts';
import { showDiff } from '../diff.ts';
import type { ReporterOptions } from '../options.ts';
import { recapText } from '../recap.ts';
import {
  countTasks,
  type HostState,
  hasFailed,
  hostTasks,
  openRole,
  type PlayState,
  type RoleState,
  type TaskEvent,
} from '../state.ts';
import { clean, duration, indent, oneLine, plural } from '../text.ts';
import { type DrawContext, failureOf, roleLine, UNFINISHED } from './host-lines.ts';

/** How many changes are listed per role without `-v`; the others are only counted. */
const MAX_CHANGES = 12;

type Options = Pick<ReporterOptions, 'verbosity' | 'diff'>;

/** The text that stays on the terminal after a run: changes and failures by play, host and role, then the recap. */
export function summary(context: DrawContext, options: Options): string {
  const { tracker, paint } = context;
  const warnings = tracker.warnings.map((text) => `${paint('yellow', '⚠')} ${oneLine(text)}`);
  const plays = tracker.plays.map((play) => playLines(play, context, options).join('\n'));
  const { recap, check, firstErrors } = tracker;
  const reports = tracker.reports.map(
    ({ title, text }) => `${paint('bold', oneLine(title))}\n${clean(text)}`,
  );
  const parts = [
    ...plays,
    ...reports,
    warnings.join('\n'),
    recap && recapText(recap, { check, firstErrors, paint }),
  ];
  return parts.filter(Boolean).join('\n\n');
}

function playLines(play: PlayState, context: DrawContext, options: Options): string[] {
  const { paint, now, tracker } = context;
  const name = paint('bold', oneLine(play.play)) + (tracker.check ? ' (check mode)' : '');
  if (play.since === undefined) return [`${UNFINISHED} ${name}  ${paint('dim', 'not run')}`];
  const hosts = [...play.hosts.values()];
  const mark = hosts.some(hasFailed) ? paint('red', '✖') : paint('green', '✔');
  const time = paint('dim', `(${duration((play.ended ?? now) - play.since)})`);
  const shown = hosts.filter((host) => hasOwnLine(host, hosts.length));
  const rest = hosts.length - shown.length;
  return [
    `${play.ended === undefined ? UNFINISHED : mark} ${name} ${time}`,
    ...shown.flatMap((host) => hostSummary(host, context, options)).map((line) => indent(line, 2)),
    ...(rest > 0 ? [`  ${paint('green', '✔')} ${plural(rest, 'more host')}, nothing to report`] : []),
  ];
}

/** With more than ten hosts, those without changes and failures are only counted. */
function hasOwnLine(host: HostState, hostCount: number): boolean {
  const news = hostTasks(host).some(({ status }) => ['changed', 'would change', 'unknown'].includes(status));
  return hostCount <= 10 || news || hasFailed(host);
}

function hostSummary(host: HostState, context: DrawContext, options: Options): string[] {
  const { paint, tracker } = context;
  const failed = hasFailed(host);
  const done = openRole(host) ? UNFINISHED : paint('green', '✔');
  const mark = failed ? paint('red', '✖') : done;
  const counts = describeCounts(countTasks(hostTasks(host)), tracker.check, paint);
  const lines = [`${mark} ${failed ? paint('red', host.host) : host.host}: ${counts}`];
  for (const role of host.roles) {
    lines.push(...roleSummary(role, context, options).map((line) => indent(line, 2)));
  }
  const ownError = host.error !== undefined && !hostTasks(host).some(({ status }) => status === 'failed');
  if (!ownError) return lines;
  const { place, error } = failureOf(host);
  const errorLines = [`${paint('red', `${place}:`)} ${oneLine(error.what)}`, ...describeError(error, paint)];
  return [...lines, ...errorLines.map((line) => indent(line, 2))];
}

/** Empty for a role without changes or failures: the host's counts include it. */
function roleSummary(role: RoleState, context: DrawContext, options: Options): string[] {
  const quiet = ({ status }: TaskEvent) => status === 'ok' || status === 'skipped';
  const news = role.tasks.filter((task) => !quiet(task));
  const all = options.verbosity > 0;
  if (news.length === 0 && role.ended?.ok === true && !all) return [];
  const shown = all ? role.tasks : news;
  const changes = shown.filter(({ status }) => status !== 'failed');
  const kept = all ? changes : changes.slice(0, MAX_CHANGES);
  const more = changes.length - kept.length;
  const lines = shown
    .filter((task) => !changes.includes(task) || kept.includes(task))
    .flatMap((task) => taskLines(task, context, options));
  if (more > 0) lines.push(context.paint('dim', `… and ${more} more (-v lists all)`));
  return [roleLine(role, context), ...lines.map((line) => indent(line, 2))];
}

function taskLines(task: TaskEvent, { tracker, paint }: DrawContext, { diff }: Options): string[] {
  const word = paint(STATUS_STYLE[task.status], `${statusWord(task.status, tracker.check)}:`);
  const end = describeEnd(task);
  return [
    `${word} ${oneLine(task.task)}${end && ` — ${end}`}`,
    ...(task.error ? describeError(task.error, paint) : []),
    ...(diff && task.diff ? [showDiff(task.diff, paint)] : []),
  ];
}
