import assert from 'node:assert/strict';
import type { RunEvent } from '../../../lib/events.ts';
import { frame } from '../../../lib/report/live/frame.ts';
import { painter } from '../../../lib/report/paint.ts';
import { Tracker } from '../../../lib/report/track.ts';
import { failingRun, firstRun, RECORDINGS } from '../../support/recorded-events.ts';
import { fleetRun } from './fleet.ts';

/** The frame after these events, a second each, as lines: hosts indented under their play. */
function frameLines(events: readonly RunEvent[], height: number): string[] {
  const tracker = new Tracker();
  events.forEach((event, second) => {
    tracker.take(event, second * 1000);
  });
  const plays = frame({ tracker, paint: painter(false), now: events.length * 1000 }, height);
  return [...plays.values()].flatMap(({ title, hosts }) => [
    title,
    ...[...hosts.values()].flatMap((lines) => lines.map((line) => `  ${line}`)),
  ]);
}

function until(events: readonly RunEvent[], last: (event: RunEvent) => boolean): readonly RunEvent[] {
  return events.slice(0, events.findLastIndex(last) + 1);
}

describe('the live frame', () => {
  it('shows what is running, for how long, and the last lines it printed', () => {
    const events = until(firstRun, ({ type }) => type === 'output');
    assert.deepEqual(frameLines(events, 28), [
      'RabbitMQ cluster  22 s',
      '  hadoop001  2 ok, 1 changed',
      '  ✔ erlang-cookie: 2 ok, 1 changed (9.0 s)'.replace('9.0', '10'),
      '  ▸ haproxy-build: source haproxy-2.6.12 5 s',
      '    │   CC      src/ev_poll.o',
      '    │   CC      src/cfgparse.o',
      '    │ 100% unpacked',
      '    │   LD      haproxy',
      '  hadoop002  3 ok',
      '  ✔ erlang-cookie: 3 ok (4.0 s)',
    ]);
  });

  it('says less on a small terminal, and moves nothing when output comes', () => {
    const before = until(firstRun, ({ type }) => type === 'role');
    const after = until(firstRun, ({ type }) => type === 'output');
    const heights = [4, 6, 8, 10, 12];
    for (const height of heights) {
      const kept = frameLines(before, height).filter((line) => !line.includes('▸') && /^ {2}\S/.test(line));
      const now = frameLines(after, height).map((line) => line.replace(/, \d changed| \(.*| \d+ s$/g, ''));
      assert(kept.length > 0 && now.length <= height);
    }
    assert.deepEqual(frameLines(after, 4), [
      'RabbitMQ cluster  22 s',
      '  hadoop001  haproxy-build: source haproxy-2.6.12 5 s',
      '  hadoop002  3 ok',
    ]);
  });

  it('keeps a failure in sight with why and what next, until the end', () => {
    const lines = frameLines(failingRun, 28);
    const at = lines.indexOf('  haproxy-build | source haproxy-2.6.12: the apply ended with code 2');
    assert.equal(lines[at - 1], '  hadoop002  1 failed'.replace('  1 failed', '  1 failed'));
    assert.match(lines[at + 1] ?? '', /why: src\/ssl_sock\.c/);
    assert(lines.some((line) => line.includes('next: add libssl-dev')));
    assert(lines.includes("  failed: can't tell the platform"));
    assert(!lines.some((line) => line.startsWith('  hadoop001')), 'a host that is done is not news');
  });

  it('never outgrows the terminal, whatever has happened so far', () => {
    for (const events of [...Object.values(RECORDINGS), fleetRun(50)]) {
      for (let length = 1; length <= events.length; length += 1) {
        for (const height of [5, 22, 28]) {
          const lines = frameLines(events.slice(0, length), height);
          assert(lines.length <= height, `${lines.length} lines for ${height}`);
        }
      }
    }
  });

  it('shows who failed and who is busy first in a fleet, and counts the others', () => {
    const events = until(fleetRun(50), (event) => event.type === 'output');
    const lines = frameLines(events, 22);
    assert.match(lines[1] ?? '', /^Fleet {2}\d+ .*50 hosts \(31 hidden\): 1 failed, 17 running, 32 idle$/);
    assert(lines.includes("  web08  unreachable: can't connect"));
    assert(lines.some((line) => line.startsWith('  web49  base: source curl')));
  });
});
