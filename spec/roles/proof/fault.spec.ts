import assert from 'node:assert/strict';
import { sh } from '../../../lib/index.ts';
import { askNotes, inject } from '../../../roles/proof/fault.ts';
import { SCENARIOS } from '../../../roles/proof/scenarios.ts';

describe('a fault', () => {
  it('is undone by the host itself, by a limit of its own', () => {
    const script = inject({ on: 'n1', what: 'x', harm: sh`touch 'a b'`, undo: sh`rm 'a b'` }, 20).reveal();
    assert.match(script, /--property=RuntimeMaxSec=21 /);
    assert.match(script, /ExecStopPost='\/bin\/sh \/run\/ts-play-prove\/undo'/);
    // What undoes it is there before what does harm begins.
    assert.ok(script.indexOf('>undo') < script.indexOf('systemd-run'));
  });

  it('is read back with its times, and what the host saw of the address', () => {
    const notes = askNotes.parse({
      code: 0,
      stderr: '',
      stdout: 'began=1700000000123\nended=1700000020123\ntick=1 0\ntick=2 1\ntick=',
    });
    assert.deepEqual(notes, {
      began: 1700000000123,
      ended: 1700000020123,
      ticks: [
        { at: 1, held: false },
        { at: 2, held: true },
      ],
    });
    assert.deepEqual(askNotes.parse({ code: 0, stdout: '', stderr: '' }), {
      began: undefined,
      ended: undefined,
      ticks: [],
    });
  });
});

describe('the scenarios', () => {
  it('are those that a proof has to have', () => {
    const names = SCENARIOS.map(({ name }) => name);
    for (const name of [
      'control',
      'kill-leader',
      'freeze-node',
      'kill-haproxy',
      'stop-keepalived',
      'kill-keepalived',
      'cut-link',
      'minority-partition',
      'asymmetric-partition',
      'rolling-restart',
      'scale',
      'stop-start',
      'reload-haproxy',
    ]) {
      assert.ok(names.includes(name), name);
    }
    assert.equal(names[0], 'control');
  });
});
