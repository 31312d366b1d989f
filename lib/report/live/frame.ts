import { describeCounts } from '../describe.ts';
import { countTasks, type HostState, hasFailed, hostTasks, type PlayState } from '../state.ts';
import { elapsed, oneLine, plural } from '../text.ts';
import {
  type Activity,
  activity,
  type Detail,
  type DrawContext,
  hostLines,
  reservedLines,
} from './host-lines.ts';

/** What is drawn for one play; a play without a title is not drawn. */
export interface PlayFrame {
  readonly title: string;
  /** Lines by host; hosts that are missing here are not drawn. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
}

/** Most detailed first: the first that fits the terminal is drawn. */
const DETAILS: readonly Detail[] = [
  { roles: 'each', tail: 4, why: 8 },
  { roles: 'each', tail: 3, why: 4 },
  { roles: 'sum', tail: 3, why: 3 },
  { roles: 'sum', tail: 2, why: 2 },
  { roles: 'sum', tail: 1, why: 1 },
  { roles: 'none', tail: 1, why: 0 },
];
const SMALLEST: Detail = { roles: 'none', tail: 0, why: 0 };

/** Which hosts are shown first when not all of them fit. */
const URGENCY: readonly Activity[] = ['failed', 'running', 'connecting', 'idle', 'waiting'];

interface Row {
  readonly play: PlayState;
  readonly host: HostState;
}

/** The frame for a terminal with space for `height` lines, in the order of the plays. */
export function frame(context: DrawContext, height: number): ReadonlyMap<PlayState, PlayFrame> {
  const plays = shownPlays(context.tracker.plays, Math.max(1, Math.floor(height / 3)));
  const rows = plays.flatMap(rowsOf);
  const room = Math.max(0, height - plays.length);
  const detail = DETAILS.find((each) => fits(rows, each, room, context));
  const shown = new Set(detail ? rows : mostUrgent(rows, room, context));
  return new Map(
    plays.map((play) => {
      const mine = rows.filter((row) => row.play === play);
      const drawn = mine.filter((row) => shown.has(row));
      const lines = drawn.map(
        ({ host }) => [host.host, hostLines(host, detail ?? SMALLEST, context)] as const,
      );
      return [play, { title: playTitle(play, mine.length - drawn.length, context), hosts: new Map(lines) }];
    }),
  );
}

/** All plays if they fit; otherwise running plays first, then those with failed hosts, then those to come. */
function shownPlays(plays: readonly PlayState[], room: number): readonly PlayState[] {
  if (plays.length <= room) return plays;
  const rank = (play: PlayState) => {
    if (isRunning(play)) return 0;
    if ([...play.hosts.values()].some(hasFailed)) return 1;
    return play.since === undefined ? 2 : 3;
  };
  const kept = new Set(plays.toSorted((a, b) => rank(a) - rank(b)).slice(0, room));
  return plays.filter((play) => kept.has(play));
}

/** A running play shows all its hosts; any other play only those that failed. */
function rowsOf(play: PlayState): Row[] {
  const hosts = [...play.hosts.values()];
  if (!isRunning(play)) return hosts.filter(hasFailed).map((host) => ({ play, host }));
  return hosts.map((host) => ({ play, host }));
}

function fits(rows: readonly Row[], detail: Detail, room: number, context: DrawContext): boolean {
  let left = room;
  for (const { host } of rows) {
    left -= reservedLines(host, detail, context);
    if (left < 0) return false;
  }
  return true;
}

function mostUrgent(rows: readonly Row[], room: number, { tracker }: DrawContext): readonly Row[] {
  const ranked = rows.map((row) => ({ row, rank: URGENCY.indexOf(activity(row.host, tracker)) }));
  const sorted = ranked.toSorted((a, b) => a.rank - b.rank);
  return sorted.slice(0, room).map(({ row }) => row);
}

function isRunning({ since, ended }: PlayState): boolean {
  return since !== undefined && ended === undefined;
}

function playTitle(play: PlayState, hidden: number, context: DrawContext): string {
  const { paint, now, tracker } = context;
  const name = oneLine(play.play) + (tracker.check ? ' (check mode)' : '');
  if (play.since === undefined) return paint('dim', `${name}${connectingText(play, context)}`);
  const time = paint('dim', elapsed((play.ended ?? now) - play.since));
  const hosts = [...play.hosts.values()];
  if (play.ended !== undefined) {
    const counts = describeCounts(countTasks(hosts.flatMap(hostTasks)), tracker.check, paint);
    return `${paint('bold', name)}  ${plural(hosts.length, 'host')}: ${counts}  ${time}`;
  }
  const summary = hidden > 0 ? `  ${hostCounts(hosts, hidden, context)}` : '';
  return `${paint('bold', name)}  ${time}${summary}`;
}

/** Hosts may be connected before the first play begins; the next play's title then says so. */
function connectingText(play: PlayState, { tracker, now }: DrawContext): string {
  const next = tracker.plays.find(({ ended }) => ended === undefined);
  if (play !== next || tracker.connecting.size === 0) return '';
  const longest = elapsed(now - Math.min(...tracker.connecting.values()));
  return `  connecting to ${plural(tracker.connecting.size, 'host')} ${longest}`;
}

/** `50 hosts (28 hidden): 1 failed, 8 running, 41 waiting`, for when not all hosts are drawn. */
function hostCounts(hosts: readonly HostState[], hidden: number, { tracker, paint }: DrawContext): string {
  const activities = hosts.map((host) => activity(host, tracker));
  const parts = URGENCY.flatMap((kind) => {
    const count = activities.filter((each) => each === kind).length;
    const text = `${count} ${kind}`;
    return count === 0 ? [] : [kind === 'failed' ? paint('red', text) : text];
  });
  return `${plural(hosts.length, 'host')} (${hidden} hidden): ${parts.join(', ')}`;
}
