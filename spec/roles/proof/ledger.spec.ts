import assert from 'node:assert/strict';
import { ledgerOf } from '../../../roles/proof/ledger/ledger.ts';
import { renderPage } from '../../../roles/proof/ledger/page.ts';
import type { RunRecord } from '../../../roles/proof/ledger/record.ts';
import { renderLedger } from '../../../roles/proof/ledger/render.ts';
import { control, figures, queue, record } from './records.ts';

const names = ['control-1', 'kill-leader-1'];
const against = (...runs: readonly RunRecord[]) => ledgerOf(names, runs).against;

describe('the ledger', () => {
  it('proves when nothing was lost and the control failed', () => {
    const ledger = ledgerOf(names, [control, record()]);
    assert.deepEqual(ledger.against, []);
    assert.match(renderLedger(ledger), /PROVEN: no confirmed message was lost/);
    assert.match(renderPage(ledger), /<b>Proven:<\/b>/);
  });

  it('says when the cluster had to be helped, which loses no message', () => {
    const helped = record({
      settled: { at: 99_000, reasons: [], helped: ['no broker runs on n3: start-cluster.ts was run'] },
    });
    const ledger = ledgerOf(names, [control, helped]);
    assert.deepEqual([ledger.against, ledger.rows.map((row) => row.helped)], [[], [0, 1]]);
    const told = /kill-leader-1 did not come back by itself: no broker runs on n3: start-cluster\.ts was run/;
    assert.match(renderLedger(ledger), told);
    assert.match(renderPage(ledger), told);
  });

  it('proves nothing with a message lost', () => {
    const lossy = record({ figures: figures(queue(), queue({ kind: 'mirrored', lost: 3 })) });
    assert.deepEqual(against(control, lossy), [
      'kill-leader-1: 3 of 1000 confirmed messages of the mirrored queue are lost',
    ]);
    assert.match(renderLedger(ledgerOf(names, [control, lossy])), /^NOT PROVEN$/m);
    assert.match(renderPage(ledgerOf(names, [control, lossy])), /Not proven/);
  });

  it('proves nothing with a control that did not fail', () => {
    const holds = record({
      scenario: 'control',
      figures: figures(queue(), queue({ kind: 'control-durable', control: true })),
    });
    assert.match(against(holds, record()).join('\n'), /the control did not fail/);
  });

  it('takes a control for failed that lost messages, or was away for most of the fault', () => {
    const failed = (differs: Parameters<typeof queue>[0]) =>
      ledgerOf(
        ['control-1'],
        [record({ scenario: 'control', figures: figures(queue(), queue({ control: true, ...differs })) })],
      ).control[0]?.failed;
    assert.equal(failed({ lost: 1 }), true);
    assert.equal(failed({ outages: [{ from: 20_000, to: 33_000 }] }), true);
    assert.equal(failed({ outages: [{ from: 20_000, to: 30_000 }] }), false);
    // One that never worked shows nothing.
    assert.equal(failed({ confirmed: 0, outages: [{ from: 0, to: 60_000 }] }), false);
  });

  const wrong: readonly (readonly [string, Partial<RunRecord>, RegExp])[] = [
    ['that nothing was confirmed', { figures: figures(queue({ confirmed: 0 })) }, /nothing was confirmed/],
    [
      'a message that nobody sent',
      { figures: figures(queue({ unexpected: 2 })) },
      /2 messages .* never sent/,
    ],
    [
      'a cluster that never settled',
      { settled: { at: null, reasons: ['n3 is down'], helped: [] } },
      /did not settle: n3 is down/,
    ],
    ['a fault that befell nobody', { faults: [] }, /no host says that anything befell it/],
    ['a playbook that failed', { failures: ['x.ts ended with exit code 2'] }, /x\.ts ended with exit code 2/],
    [
      'an address on two hosts once settled',
      {
        vip: {
          holdings: [{ from: 44_000, to: 46_000, holders: ['a', 'b'] }],
          gap: { from: 0, to: 0 },
          doubleMs: 2000,
          ticks: 9,
        },
      },
      /two hosts held the virtual address for 1000 ms once settled/,
    ],
  ];
  for (const [name, differs, words] of wrong) {
    it(`holds against it ${name}`, () => assert.match(against(control, record(differs)).join('\n'), words));
  }

  it('holds against it a run that is missing', () => {
    assert.deepEqual(against(control), ['kill-leader-1 was not run to its end']);
  });

  it('lets two hosts have the address while the fault lasts', () => {
    const vip = {
      holdings: [{ from: 21_000, to: 30_000, holders: ['a', 'b'] }],
      gap: { from: 0, to: 0 },
      doubleMs: 9000,
      ticks: 9,
    };
    assert.deepEqual(against(control, record({ vip })), []);
  });

  it('puts the runs of a scenario together', () => {
    const longer = record({
      run: 2,
      settled: { at: 52_000, reasons: [], helped: [] },
      figures: figures(
        queue({ outages: [{ from: 0, to: 7000 }] }),
        queue({ kind: 'mirrored', duplicated: 4, outages: [{ from: 0, to: 3000 }] }),
      ),
    });
    const [row] = ledgerOf(['kill-leader-1', 'kill-leader-2'], [record(), longer]).rows;
    assert.equal(row?.runs, 2);
    assert.equal(row?.confirmed, 3000);
    assert.equal(row?.duplicated, 4);
    assert.deepEqual(row?.outage, { p50: 3000, max: 7000 });
    assert.equal(row?.settledAfter, 12_000);
  });

  it('is a page that loads nothing from elsewhere and takes no text for code', () => {
    const page = renderPage(ledgerOf(names, [control, record({ title: 'a <b> & "c"' })]));
    assert.doesNotMatch(page, /<script|<link|https?:\/\/|src=/);
    assert.match(page, /a &lt;b&gt; &amp; &quot;c&quot;/);
  });
});
