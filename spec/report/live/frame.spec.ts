import assert from 'node:assert/strict';
import type { RunEvent } from '../../../lib/model/events.ts';
import { frame } from '../../../lib/report/live/frame.ts';
import { painter } from '../../../lib/report/paint.ts';
import { Tracker } from '../../../lib/report/track.ts';
import { failingRun, firstRun, RECORDINGS } from '../../support/recorded-events.ts';
import { fleetRun } from './fleet.ts';

/** The frame as lines, with hosts indented under their play. */
function linesOf(tracker: Tracker, now: number, height: number): string[] {
  const plays = frame({ tracker, paint: painter(false), now }, height);
  return [...plays.values()].flatMap(({ title, hosts }) => [
    title,
    ...[...hosts.values()].flatMap((lines) => lines.map((line) => `  ${line}`)),
  ]);
}

/** The frame after these events, which are `tick` milliseconds apart. */
function frameLines(events: readonly RunEvent[], height: number, tick = 1000): string[] {
  const tracker = new Tracker();
  events.forEach((event, i) => {
    tracker.take(event, i * tick);
  });
  return linesOf(tracker, events.length * tick, height);
}

function until(events: readonly RunEvent[], last: (event: RunEvent) => boolean): readonly RunEvent[] {
  return events.slice(0, events.findLastIndex(last) + 1);
}

describe('the live frame', () => {
  it('shows what is running, for how long, and the last lines it printed', () => {
    const events = until(firstRun, ({ type }) => type === 'output');
    assert.deepEqual(frameLines(events, 28), [
      'RabbitMQ cluster  24 s',
      '  hadoop001  2 ok, 1 changed',
      '  ✔ erlang-cookie: 2 ok, 1 changed (10 s)',
      '  ▸ haproxy-build: source haproxy-2.6.12 5 s',
      '    │   CC      src/ev_poll.o',
      '    │   CC      src/cfgparse.o',
      '    │ 100% unpacked',
      '    │   LD      haproxy',
      '  hadoop002  3 ok',
      '  ✔ erlang-cookie: 3 ok (4.0 s)',
    ]);
  });

  it('stops showing a change when its apply has ended, before the task ends', () => {
    const events = until(firstRun, ({ type }) => type === 'output');
    const running = events.findLast((event) => event.type === 'applying');
    assert.ok(running?.type === 'applying');
    const lines = frameLines([...events, { ...running, type: 'applied' }], 28);
    assert.equal(lines[3], '  ▸ haproxy-build: 0 of 5 tasks 7 s');
    assert.ok(lines.every((line) => !line.includes('│')));
  });

  it('moves no line when output appears', () => {
    const quiet = until(firstRun, ({ type }) => type === 'output').filter(({ type }) => type !== 'output');
    const talking = until(firstRun, ({ type }) => type === 'output');
    for (let height = 3; height <= 14; height += 1) {
      const calm = frameLines(talking, height, 0).filter((line) => !line.includes('│'));
      assert.deepEqual(calm, frameLines(quiet, height, 0));
    }
  });

  it('shows less detail on a small terminal', () => {
    const events = until(firstRun, ({ type }) => type === 'output');
    const small = [
      'RabbitMQ cluster  24 s',
      '  hadoop001  haproxy-build: source haproxy-2.6.12 5 s',
      '    │   LD      haproxy',
      '  hadoop002  3 ok',
    ];
    assert.deepEqual(frameLines(events, 4), small);
    assert.deepEqual(
      frameLines(events, 3),
      small.filter((line) => !line.includes('│')),
    );
  });

  it('keeps showing a failure with why and next until the end', () => {
    const lines = frameLines(failingRun, 28);
    const at = lines.indexOf('  haproxy-build | source haproxy-2.6.12: the apply ended with code 2');
    assert.match(lines[at - 1] ?? '', /^ {2}✖ haproxy-build: 1 failed/);
    assert.match(lines[at + 1] ?? '', /why: src\/ssl_sock\.c/);
    assert(lines.some((line) => line.includes('next: add libssl-dev')));
    assert(lines.includes("  failed: can't tell the platform"));
    assert(!lines.some((line) => line.startsWith('  hadoop001')), 'a host that is done is not listed');
  });

  it('always fits the terminal', () => {
    for (const events of [...Object.values(RECORDINGS), fleetRun(50)]) {
      const tracker = new Tracker();
      for (const event of events) {
        tracker.take(event, 0);
        for (const height of [5, 22, 28]) {
          const lines = linesOf(tracker, 0, height);
          assert(lines.length <= height, `${lines.length} lines for ${height}`);
        }
      }
    }
  }).timeout(20_000);

  it('shows failed and running hosts first when there are many, and counts the others', () => {
    const events = until(fleetRun(50), (event) => event.type === 'output');
    const lines = frameLines(events, 22);
    assert.match(lines[1] ?? '', /^Fleet {2}\d+ .*50 hosts \(31 hidden\): 1 failed, 17 running, 32 idle$/);
    assert(lines.includes("  web08  unreachable: can't connect"));
    assert(lines.some((line) => line.startsWith('  web49  base: source curl')));
  });
});
