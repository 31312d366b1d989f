import assert from 'node:assert/strict';
import type { HostRecap } from '../../lib/model/events.ts';
import { painter } from '../../lib/report/paint.ts';
import { recapTable, recapText } from '../../lib/report/recap.ts';
import type { RecapEvent } from '../../lib/report/state.ts';

const NONE: HostRecap = {
  ok: 0,
  changed: 0,
  unknown: 0,
  failed: 0,
  unreachable: 0,
  skipped: 0,
  roundTrips: 0,
};
const plain = { check: false, firstErrors: new Map(), paint: painter(false) };

function recap(hosts: RecapEvent['hosts'], rest: Partial<RecapEvent> = {}): RecapEvent {
  return { type: 'recap', exitCode: 0, durationMs: 800, hosts, ...rest };
}

function closing(event: RecapEvent, context = plain): string[] {
  return recapText(event, context).split('\n\n').at(-1)?.split('\n') ?? [];
}

describe('recap', () => {
  it('aligns long names and large numbers', () => {
    const hosts = { a: NONE, 'a-long-host-name': { ...NONE, ok: 1234567 } };
    const lines = recapTable(hosts, false, painter(false)).split('\n');
    assert.equal(new Set(lines.map((line) => line.length)).size, 1);
    assert.match(lines[2] ?? '', /^a-long-host-name {2}1234567 {2}/);
  });

  it('is aligned in colour too', () => {
    const hosts = { a: NONE, bb: { ...NONE, changed: 12, failed: 1 } };
    const escapes = new RegExp(`${'\u001b'}\\[\\d+m`, 'g');
    const coloured = recapTable(hosts, true, painter(true));
    assert.notEqual(coloured, coloured.replaceAll(escapes, ''));
    assert.equal(coloured.replaceAll(escapes, ''), recapTable(hosts, true, painter(false)));
  });

  it('ends with the totals', () => {
    assert.deepEqual(closing(recap({ a: NONE })), ['1 host, nothing changed, 0.8 s']);
    assert.deepEqual(closing(recap({ a: { ...NONE, changed: 2 }, b: NONE })), ['2 hosts, 2 changed, 0.8 s']);
    const check = { ...plain, check: true };
    assert.deepEqual(closing(recap({ a: NONE }), check), [
      '1 host, nothing would change, 0.8 s, nothing was changed',
    ]);
    assert.deepEqual(closing(recap({ a: { ...NONE, changed: 1, unknown: 3 } }), check), [
      '1 host, 1 would change, 3 unknown, 0.8 s, nothing was changed',
    ]);
  });

  it('repeats the first error of each host, shortened', () => {
    const error = { kind: 'failed', what: 'x'.repeat(200) } as const;
    const firstErrors = new Map([['a', { role: 'r', task: 't', error }]]);
    const hosts = { a: { ...NONE, failed: 1 }, b: { ...NONE, unreachable: 1 } };
    const [line, first = ''] = closing(recap(hosts), { ...plain, firstErrors });
    assert.equal(line, '2 hosts, 1 failed, 1 unreachable, 0.8 s');
    assert.match(first, /^ {2}a: r \| t — x+…$/);
    assert(first.length < 110);
  });

  it('does not claim that nothing changed after an interruption', () => {
    assert.deepEqual(closing(recap({ a: NONE }, { interrupted: [] })), [
      '1 host, 0.8 s',
      'interrupted; no task was running',
    ]);
  });

  it('distinguishes an interrupt, an error that stopped the run, and a lost host', () => {
    const interrupted = [{ id: '1', play: 'p', role: 'r', host: 'a', task: 't' }];
    const head = (exitCode: number) => closing(recap({ a: NONE }, { exitCode, interrupted }))[1];
    assert.equal(head(130), 'interrupted; these tasks were running:');
    assert.equal(head(1), 'stopped by an error; these tasks were running:');
    assert.equal(head(250), 'stopped by an error; these tasks were running:');
    assert.equal(head(4), 'running when a host was lost:');
    assert.equal(
      closing(recap({ a: NONE }, { exitCode: 1, interrupted: [] }))[1],
      'stopped by an error; no task was running',
    );
  });

  it('works without hosts', () => {
    assert.equal(recapText(recap({}), plain), '0 hosts, nothing changed, 0.8 s');
  });
});
