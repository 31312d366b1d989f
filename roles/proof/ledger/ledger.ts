import { length, type RunRecord, runName } from './record.ts';
import { doubles, doubleWithin } from './vip.ts';

/** A control counts as failed when its publishers were without a confirm for this part of the fault. */
const UNAVAILABLE = 0.6;

/** One scenario over all its runs. Times in milliseconds. */
export interface LedgerRow {
  readonly scenario: string;
  readonly title: string;
  readonly runs: number;
  /** Of the replicated queues: the control's are told apart. */
  readonly confirmed: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly unexpected: number;
  /** Of all publishers' longest times without a confirm. */
  readonly outage: { readonly p50: number; readonly max: number };
  /** The longest time on no host, by the hosts' kernels. */
  readonly vipGap: number;
  /** The longest time in which nothing answered at the address. */
  readonly frontGap: number;
  readonly holders: {
    /** Most hosts that held it at a time. */
    readonly most: number;
    /** Milliseconds on two hosts once the cluster had settled. */
    readonly doubleOnceSettled: number;
  };
  /** From the fault's end until all was whole; null when it never was. */
  readonly settledAfter: number | null;
  /** Runs after which the cluster came back only with somebody's help. */
  readonly helped: number;
}

/** What the control showed. */
export interface ControlRow {
  readonly kind: string;
  readonly confirmed: number;
  readonly lost: number;
  readonly outage: number;
  /** It was seen to fail. */
  readonly failed: boolean;
}

/** All of a proof, and what it comes to. */
export interface Ledger {
  readonly rows: readonly LedgerRow[];
  readonly control: readonly ControlRow[];
  /** Why nothing is proven, a sentence each. */
  readonly against: readonly string[];
  /** What an operator had to do, a sentence each. No message is lost by it, but somebody has to. */
  readonly help: readonly string[];
  readonly runs: readonly RunRecord[];
}

/** @param wanted names of the runs that the proof consists of */
export function ledgerOf(wanted: readonly string[], records: readonly RunRecord[]): Ledger {
  const runs = wanted.flatMap((name) => records.find((record) => runName(record) === name) ?? []);
  const missing = wanted.filter((name) => !runs.some((record) => runName(record) === name));
  const scenarios = [...new Set(runs.map(({ scenario }) => scenario))];
  const control = controlRows(runs);
  return {
    rows: scenarios.map((scenario) => rowOf(runs.filter((record) => record.scenario === scenario))),
    control,
    against: [
      ...missing.map((name) => `${name} was not run to its end`),
      ...runs.flatMap(againstRun),
      ...(control.some(({ failed }) => failed)
        ? []
        : ['the control did not fail: a proof that can not fail proves nothing']),
    ],
    help: runs
      .filter(({ settled }) => settled.helped.length > 0)
      .map(
        (record) =>
          `${runName(record)} did not come back by itself: ${record.settled.helped.join('; then ')}`,
      ),
    runs,
  };
}

function rowOf(runs: readonly RunRecord[]): LedgerRow {
  const [first] = runs;
  if (first === undefined) throw new RangeError('a scenario without runs');
  const queues = runs.flatMap(({ figures }) => figures.queues.filter(({ control }) => !control));
  const sum = (of: (queue: (typeof queues)[number]) => number) =>
    queues.reduce((total, queue) => total + of(queue), 0);
  const outages = queues.flatMap((queue) => queue.outages.map(length)).sort((a, b) => a - b);
  const settledAfter = runs.map(afterFault);
  return {
    scenario: first.scenario,
    title: first.title,
    runs: runs.length,
    confirmed: sum(({ confirmed }) => confirmed),
    lost: sum(({ lost }) => lost),
    duplicated: sum(({ duplicated }) => duplicated),
    unexpected: sum(({ unexpected }) => unexpected),
    outage: { p50: median(outages), max: outages.at(-1) ?? 0 },
    vipGap: Math.max(...runs.map(({ vip }) => length(vip.gap))),
    frontGap: Math.max(...runs.map(({ figures }) => length(figures.frontGap))),
    holders: {
      most: Math.max(
        1,
        ...runs.flatMap(({ vip }) => doubles(vip.holdings).map(({ holders }) => holders.length)),
      ),
      doubleOnceSettled: Math.max(...runs.map(doubleOnceSettled)),
    },
    settledAfter: settledAfter.includes(null) ? null : Math.max(...settledAfter.map((ms) => ms ?? 0)),
    helped: runs.filter(({ settled }) => settled.helped.length > 0).length,
  };
}

function controlRows(runs: readonly RunRecord[]): readonly ControlRow[] {
  return runs.flatMap(({ figures, faults }) =>
    figures.queues
      .filter(({ control }) => control)
      .map(({ kind, confirmed, lost, outages }) => {
        const outage = Math.max(...outages.map(length));
        const fault = Math.max(0, ...faults.map(length));
        return {
          kind,
          confirmed,
          lost,
          outage,
          failed: confirmed > 0 && (lost > 0 || (fault > 0 && outage >= UNAVAILABLE * fault)),
        };
      }),
  );
}

function againstRun(record: RunRecord): readonly string[] {
  const name = runName(record);
  const { figures, faults, settled, vip, failures } = record;
  const replicated = figures.queues.filter(({ control }) => !control);
  const double = doubleOnceSettled(record);
  return [
    ...replicated.flatMap(({ kind, confirmed, lost, unexpected }) => [
      ...(confirmed === 0 ? [`${name}: nothing was confirmed on the ${kind} queue`] : []),
      ...(lost > 0
        ? [`${name}: ${lost} of ${confirmed} confirmed messages of the ${kind} queue are lost`]
        : []),
      ...(unexpected > 0 ? [`${name}: ${unexpected} messages of the ${kind} queue were never sent`] : []),
    ]),
    ...(faults.length === 0 ? [`${name}: no host says that anything befell it`] : []),
    ...failures.map((failure) => `${name}: ${failure}`),
    ...(settled.at === null ? [`${name}: did not settle: ${settled.reasons.join('; ')}`] : []),
    ...(vip.ticks === 0 ? [`${name}: nobody watched the virtual address`] : []),
    ...(double > 0 ? [`${name}: two hosts held the virtual address for ${double} ms once settled`] : []),
  ];
}

/** Milliseconds on two hosts from when the cluster had settled. */
function doubleOnceSettled({ settled, vip, figures }: RunRecord): number {
  return settled.at === null ? 0 : doubleWithin(vip.holdings, { from: settled.at, to: figures.to });
}

function afterFault({ faults, settled }: RunRecord): number | null {
  return settled.at === null ? null : Math.max(0, settled.at - Math.max(...faults.map(({ to }) => to)));
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
