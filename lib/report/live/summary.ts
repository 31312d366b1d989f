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
import { type DrawContext, failureOf, NOT_OVER, roleLine } from './host-lines.ts';

/** Changes listed for a role without `-v`; more are counted. */
const MAX_CHANGES = 12;

type Wishes = Pick<ReporterOptions, 'verbosity' | 'diff'>;

/** What stays on the terminal when a run is over: what changed and failed, by play, host and role, then the recap. */
export function summary(context: DrawContext, wishes: Wishes): string {
  const { tracker, paint } = context;
  const warnings = tracker.warnings.map((text) => `${paint('yellow', '⚠')} ${oneLine(text)}`);
  const plays = tracker.plays.map((play) => playLines(play, context, wishes).join('\n'));
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

function playLines(play: PlayState, context: DrawContext, wishes: Wishes): string[] {
  const { paint, now, tracker } = context;
  const name = paint('bold', oneLine(play.play)) + (tracker.check ? ' (check mode)' : '');
  if (play.since === undefined) return [`${NOT_OVER} ${name}  ${paint('dim', 'not run')}`];
  const hosts = [...play.hosts.values()];
  const mark = hosts.some(hasFailed) ? paint('red', '✖') : paint('green', '✔');
  const time = paint('dim', `(${duration((play.ended ?? now) - play.since)})`);
  const shown = hosts.filter((host) => isWorthALine(host, hosts.length));
  const rest = hosts.length - shown.length;
  return [
    `${play.ended === undefined ? NOT_OVER : mark} ${name} ${time}`,
    ...shown.flatMap((host) => hostSummary(host, context, wishes)).map((line) => indent(line, 2)),
    ...(rest > 0 ? [`  ${paint('green', '✔')} ${plural(rest, 'more host')}, nothing to report`] : []),
  ];
}

/** In a fleet the hosts without news are counted only. */
function isWorthALine(host: HostState, fleet: number): boolean {
  const news = hostTasks(host).some(({ status }) => ['changed', 'would change', 'unknown'].includes(status));
  return fleet <= 10 || news || hasFailed(host);
}

function hostSummary(host: HostState, context: DrawContext, wishes: Wishes): string[] {
  const { paint, tracker } = context;
  const failed = hasFailed(host);
  const done = openRole(host) ? NOT_OVER : paint('green', '✔');
  const mark = failed ? paint('red', '✖') : done;
  const counts = describeCounts(countTasks(hostTasks(host)), tracker.check, paint);
  const lines = [`${mark} ${failed ? paint('red', host.host) : host.host}: ${counts}`];
  for (const role of host.roles) {
    lines.push(...roleSummary(role, context, wishes).map((line) => indent(line, 2)));
  }
  const ownError = host.error !== undefined && !hostTasks(host).some(({ status }) => status === 'failed');
  if (!ownError) return lines;
  const { place, error } = failureOf(host);
  const told = [`${paint('red', `${place}:`)} ${oneLine(error.what)}`, ...describeError(error, paint)];
  return [...lines, ...told.map((line) => indent(line, 2))];
}

/** A role without news is in its host's counts already. */
function roleSummary(role: RoleState, context: DrawContext, wishes: Wishes): string[] {
  const quiet = ({ status }: TaskEvent) => status === 'ok' || status === 'skipped';
  const news = role.tasks.filter((task) => !quiet(task));
  const all = wishes.verbosity > 0;
  if (news.length === 0 && role.ended?.ok === true && !all) return [];
  const shown = all ? role.tasks : news;
  const changes = shown.filter(({ status }) => status !== 'failed');
  const kept = all ? changes : changes.slice(0, MAX_CHANGES);
  const more = changes.length - kept.length;
  const lines = shown
    .filter((task) => !changes.includes(task) || kept.includes(task))
    .flatMap((task) => taskLines(task, context, wishes));
  if (more > 0) lines.push(context.paint('dim', `… and ${more} more (-v lists all)`));
  return [roleLine(role, context), ...lines.map((line) => indent(line, 2))];
}

function taskLines(task: TaskEvent, { tracker, paint }: DrawContext, { diff }: Wishes): string[] {
  const word = paint(STATUS_STYLE[task.status], `${statusWord(task.status, tracker.check)}:`);
  const end = describeEnd(task);
  return [
    `${word} ${oneLine(task.task)}${end && ` — ${end}`}`,
    ...(task.error ? describeError(task.error, paint) : []),
    ...(diff && task.diff ? [showDiff(task.diff, paint)] : []),
  ];
}
