import type { Ledger } from './ledger.ts';

const HEADS = [
  'scenario',
  'runs',
  'confirmed',
  'lost',
  'dup',
  'unexp',
  'outage p50',
  'max',
  'VIP gap',
  'holders',
  'settled after',
  'helped',
] as const;

/** The ledger as a person reads it, without the timelines. */
export function renderLedger({ rows, control, against, help }: Ledger): string {
  const table = [HEADS, ...rowsOf({ rows })];
  const width = (column: number) => Math.max(...table.map((row) => row[column]?.length ?? 0));
  const aligned = table.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(width(i)) : cell.padStart(width(i))))
      .join('  ')
      .trimEnd(),
  );
  return [
    ...aligned,
    '',
    ...control.map(
      ({ kind, confirmed, lost, outage, failed }) =>
        `${kind}: ${confirmed} confirmed, ${lost} lost, ${seconds(outage)} without a confirm: ${failed ? 'failed, as it must' : 'DID NOT FAIL'}`,
    ),
    ...help,
    '',
    ...(against.length === 0
      ? ['PROVEN: no confirmed message was lost, and the control failed as it must']
      : ['NOT PROVEN', ...against.map((text) => `  ${text}`)]),
  ].join('\n');
}

/** The table's cells. */
export function rowsOf({ rows }: Pick<Ledger, 'rows'>): readonly (readonly string[])[] {
  return rows.map((row) => [
    row.scenario,
    String(row.runs),
    String(row.confirmed),
    String(row.lost),
    String(row.duplicated),
    String(row.unexpected),
    seconds(row.outage.p50),
    seconds(row.outage.max),
    seconds(row.vipGap),
    holders(row.holders),
    row.settledAfter === null ? 'never' : seconds(row.settledAfter),
    String(row.helped),
  ]);
}

export const COLUMNS: readonly string[] = HEADS;

function holders({ most, doubleOnceSettled }: Ledger['rows'][number]['holders']): string {
  return doubleOnceSettled > 0 ? `${most} (${seconds(doubleOnceSettled)} settled)` : String(most);
}

/** `1.2 s` */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
