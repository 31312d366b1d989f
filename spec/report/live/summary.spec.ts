import assert from 'node:assert/strict';
import type { RunEvent } from '../../../lib/model/events.ts';
import { summary } from '../../../lib/report/live/summary.ts';
import { painter } from '../../../lib/report/paint.ts';
import { Tracker } from '../../../lib/report/track.ts';
import { convergedRun, failingRun, interruptedRun } from '../../support/recorded-events.ts';
import { fleetRun } from './fleet.ts';

function summaryLines(events: readonly RunEvent[], verbosity: 0 | 1 = 0): string[] {
  const tracker = new Tracker();
  for (const event of events) tracker.take(event, 0);
  return summary({ tracker, paint: painter(false), now: 0 }, { verbosity, diff: false }).split('\n');
}

describe('the summary that live leaves on the terminal', () => {
  it('is one line per host when nothing changed', () => {
    assert.deepEqual(summaryLines(convergedRun).slice(0, 5), [
      '✔ RabbitMQ cluster (0.0 s)',
      '  ✔ hadoop001: 7 ok',
      '  ✔ hadoop002: 7 ok',
      '  ✔ hadoop003: 7 ok',
      '',
    ]);
  });

  it('shows failures in full, each under its host', () => {
    const lines = summaryLines(failingRun);
    const at = lines.indexOf('  ✖ hadoop002: 1 failed');
    assert.deepEqual(lines.slice(at + 1, at + 5), [
      '    ✖ haproxy-build: 1 failed (0.0 s)',
      '      failed: source haproxy-2.6.12 — the apply ended with code 2',
      '        at: host hadoop002, role haproxy-build, task "source haproxy-2.6.12"',
      '        why: src/ssl_sock.c:41:10: fatal error: openssl/ssl.h: No such file or directory',
    ]);
    assert(lines.includes('✔ Verify (0.0 s)'));
  });

  it('marks interrupted hosts and roles as neither done nor failed', () => {
    assert.deepEqual(summaryLines(interruptedRun).slice(0, 5), [
      '· RabbitMQ cluster (0.0 s)',
      '  · hadoop001: 0 ok',
      '    · haproxy-build: 0 ok (0.0 s)',
      '',
      '· Verify  not run',
    ]);
  });

  it('only counts hosts without changes when there are many', () => {
    const lines = summaryLines(fleetRun(50));
    assert(lines.includes('  ✔ 32 more hosts, nothing to report'));
    assert(!lines.some((line) => line.includes('web02')));
    assert(lines.includes('  ✖ web08: 0 ok'));
  });

  it('cuts long lists of changes, except with -v', () => {
    const ref = { play: 'p', role: 'r', host: 'h' };
    const tasks = Array.from({ length: 20 }, (_, i): RunEvent => {
      const changes = [{ what: 'content' }];
      return {
        type: 'task',
        ...ref,
        id: `${i}`,
        task: `file ${i}`,
        status: 'changed',
        changes,
        durationMs: 1,
      };
    });
    assert.equal(summaryLines(tasks).filter((line) => line.includes('changed: file')).length, 12);
    assert(summaryLines(tasks).includes('      … and 8 more (-v lists all)'));
    assert.equal(summaryLines(tasks, 1).filter((line) => line.includes('changed: file')).length, 20);
  });
});
