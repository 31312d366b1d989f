import type { Figures, QueueFigures } from '../../../roles/proof/client/figures.ts';
import type { RunRecord } from '../../../roles/proof/ledger/record.ts';

/** A queue's figures in which all is well, from second 0 to 60. */
export function queue(differs: Partial<QueueFigures> = {}): QueueFigures {
  return {
    kind: 'quorum',
    control: false,
    confirmed: 1000,
    lost: 0,
    duplicated: 0,
    unexpected: 0,
    unconfirmed: 0,
    returned: 0,
    reconnects: 0,
    outages: [{ from: 20_000, to: 21_000 }],
    bins: [1, 2, 3],
    lostExamples: [],
    ...differs,
  };
}

export function figures(...queues: readonly QueueFigures[]): Figures {
  return { from: 0, to: 60_000, queues, frontGap: { from: 0, to: 100 } };
}

/** A run in which the fault lasts from second 20 to 40, and all is whole at 45. */
export function record(differs: Partial<RunRecord> = {}): RunRecord {
  return {
    scenario: 'kill-leader',
    title: 'its leader is killed',
    run: 1,
    version: '3.10.8',
    faults: [{ on: 'hadoop001', what: 'its broker is killed', from: 20_000, to: 40_000 }],
    settled: { at: 45_000, reasons: [], helped: [] },
    figures: figures(queue()),
    vip: {
      holdings: [{ from: 0, to: 60_000, holders: ['hadoop001'] }],
      gap: { from: 0, to: 0 },
      doubleMs: 0,
      ticks: 600,
    },
    failures: [],
    ...differs,
  };
}

/** A control that fails as it must. */
export const control: RunRecord = record({
  scenario: 'control',
  figures: figures(
    queue(),
    queue({ kind: 'control-durable', control: true, outages: [{ from: 20_000, to: 39_000 }] }),
  ),
});
