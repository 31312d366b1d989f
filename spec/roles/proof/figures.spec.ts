import assert from 'node:assert/strict';
import { figuresOf, longestGap } from '../../../roles/proof/client/figures.ts';
import { type ClientSpec, type Happening, messageText } from '../../../roles/proof/client/spec.ts';

const spec: Pick<ClientSpec, 'run' | 'queues' | 'publishers'> = {
  run: 'r1',
  publishers: 2,
  queues: [
    { kind: 'quorum', vhost: '/', name: 'q', type: 'quorum', durable: true, control: false, consumed: true },
    { kind: 'other', vhost: '/', name: 'o', type: 'classic', durable: true, control: true, consumed: true },
  ],
};

const sent = (at: number, who: string, number: number): Happening => ['sent', at, who, number];
const confirm = (at: number, who: string, number: number): Happening => ['confirm', at, who, number];
const deliver = (at: number, kind: string, who: string, number: number, run = 'r1'): Happening => [
  'deliver',
  at,
  kind,
  messageText(run, who, number),
];

function quorum(happenings: readonly Happening[], to = 10_000) {
  const [first] = figuresOf(spec, happenings, to).queues;
  assert.ok(first);
  return first;
}

describe("the clients' figures", () => {
  it('count a message as lost when it was confirmed and never came', () => {
    const found = quorum([
      sent(1, 'quorum/1', 1),
      confirm(2, 'quorum/1', 1),
      sent(3, 'quorum/1', 2),
      confirm(4, 'quorum/1', 2),
      deliver(5, 'quorum', 'quorum/1', 2),
    ]);
    assert.deepEqual([found.confirmed, found.lost], [2, 1]);
    assert.deepEqual(found.lostExamples, ['r1 quorum/1 1']);
  });

  it('are not moved by a message that was never confirmed', () => {
    const found = quorum([
      sent(1, 'quorum/1', 1),
      sent(2, 'quorum/2', 1),
      deliver(5, 'quorum', 'quorum/2', 1),
    ]);
    assert.deepEqual([found.confirmed, found.lost, found.unconfirmed, found.unexpected], [0, 0, 1, 0]);
  });

  it('do not take what came to another queue for delivered', () => {
    const found = quorum([
      sent(1, 'quorum/1', 1),
      confirm(2, 'quorum/1', 1),
      deliver(3, 'other', 'quorum/1', 1),
    ]);
    assert.equal(found.lost, 1);
  });

  it('count what came twice, and what nobody sent', () => {
    const found = quorum([
      sent(1, 'quorum/1', 1),
      confirm(2, 'quorum/1', 1),
      deliver(3, 'quorum', 'quorum/1', 1),
      deliver(4, 'quorum', 'quorum/1', 1),
      deliver(5, 'quorum', 'quorum/1', 2),
      deliver(6, 'quorum', 'quorum/1', 1, 'an-earlier-run'),
      ['deliver', 7, 'quorum', 'something else'],
    ]);
    assert.deepEqual([found.duplicated, found.unexpected, found.lost], [1, 3, 0]);
  });

  it("tell each publisher's longest time without a confirm, up to the end", () => {
    const found = quorum([
      confirm(1000, 'quorum/1', 1),
      confirm(1500, 'quorum/2', 1),
      confirm(2000, 'quorum/1', 2),
      confirm(9000, 'quorum/1', 3),
    ]);
    assert.deepEqual(found.outages, [
      { from: 2000, to: 9000 },
      { from: 1500, to: 10_000 },
    ]);
  });

  it('draw confirms in bars, and the front’s silence', () => {
    const found = figuresOf(
      spec,
      [
        confirm(1000, 'quorum/1', 1),
        confirm(1100, 'quorum/1', 2),
        ['front', 1200, true],
        ['front', 1400, false],
        confirm(2100, 'quorum/1', 3),
        ['front', 2400, true],
      ],
      2500,
    );
    assert.deepEqual(found.queues[0]?.bins, [2, 0, 1]);
    assert.deepEqual(found.frontGap, { from: 1200, to: 2400 });
  });

  it('know a gap at either end', () => {
    assert.deepEqual(longestGap([], { from: 5, to: 9 }), { from: 5, to: 9 });
    assert.deepEqual(longestGap([2, 3], { from: 0, to: 4 }), { from: 0, to: 2 });
  });
});
