import { BIN } from '../client/figures.ts';
import type { Ledger } from './ledger.ts';
import { length, type RunRecord, runName } from './record.ts';
import { COLUMNS, rowsOf, seconds } from './render.ts';

const STYLE = `
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; color: #1d2530; background: #fff }
h1 { font-size: 1.5rem } h2 { font-size: 1.05rem; margin: 2rem 0 .3rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; width: 100% }
th, td { padding: .3rem .5rem; text-align: right; border-bottom: 1px solid #e3e7ec; white-space: nowrap }
th:first-child, td:first-child { text-align: left }
.verdict { padding: .6rem 1rem; border-left: 5px solid; background: #f4f7f5 }
.good { border-color: #2c8a55 } .bad { border-color: #c0392b; background: #fbf1f0 }
.facts { color: #5a6675; font-size: .88rem; margin: .2rem 0 }
svg { display: block; width: 100%; height: auto; font: 11px system-ui, sans-serif }
.bar { fill: #3f7fbf } .control .bar { fill: #a98a4c } .base { fill: #eef1f5 } .fault { fill: #c0392b; opacity: .13 }
.out { fill: #c0392b } .settled { stroke: #2c8a55; stroke-dasharray: 3 2 } .one { fill: #2c8a55 } .two { fill: #1f6f8b } .none { fill: #c0392b } .double { fill: #e0a100 }
.grid { stroke: #d5dbe2 } text { fill: #46515e }
`;

/** The ledger as one page: nothing is loaded from elsewhere. */
export function renderPage(ledger: Ledger): string {
  const { rows, control, against, help, runs } = ledger;
  const version = runs.find((record) => record.version)?.version;
  const verdict =
    against.length === 0
      ? '<p class="verdict good"><b>Proven:</b> no confirmed message was lost, and the control failed as it must.</p>'
      : `<div class="verdict bad"><b>Not proven</b><ul>${against.map((text) => `<li>${html(text)}</li>`).join('')}</ul></div>`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>The proof's ledger</title><style>${STYLE}</style></head>
<body>
<h1>The proof's ledger</h1>
<p class="facts">${runs.length} runs${version ? ` on RabbitMQ ${html(version)}` : ''}, ${html(new Date(runs[0]?.figures.from ?? 0).toISOString().slice(0, 16).replace('T', ' '))} UTC</p>
${verdict}
<table>
<thead><tr>${COLUMNS.map((head) => `<th>${head}</th>`).join('')}</tr></thead>
<tbody>
${rowsOf({ rows })
  .map((cells) => `<tr>${cells.map((cell) => `<td>${html(cell)}</td>`).join('')}</tr>`)
  .join('\n')}
</tbody>
</table>
${control
  .map(
    ({ kind, confirmed, lost, outage, failed }) =>
      `<p class="facts">${html(kind)}: ${confirmed} confirmed, ${lost} lost, ${seconds(outage)} without a confirm: ${failed ? 'failed, as it must' : '<b>did not fail</b>'}</p>`,
  )
  .join('\n')}
${help.map((text) => `<p class="facts">${html(text)}</p>`).join('\n')}
${runs.map(renderRun).join('\n')}
</body>
</html>
`;
}

const LEFT = 120;
const WIDTH = 900;
const ROW = 44;

function renderRun(record: RunRecord): string {
  const { figures, vip, faults, settled, title, run } = record;
  const span = Math.max(1, figures.to - figures.from);
  const x = (at: number) =>
    round(LEFT + (Math.min(Math.max(at, figures.from), figures.to) - figures.from) * ((WIDTH - LEFT) / span));
  const height = figures.queues.length * ROW + 62;
  const ticks = Array.from({ length: Math.floor(span / 10_000) + 1 }, (_, i) => i * 10);
  const most = Math.max(1, ...figures.queues.flatMap(({ bins }) => bins));
  const parts = [
    ...ticks.map((s) => {
      const at = x(figures.from + s * 1000);
      return `<line class="grid" x1="${at}" x2="${at}" y1="0" y2="${height - 16}"/><text x="${at + 2}" y="${height - 4}">${s} s</text>`;
    }),
    ...figures.queues.map((queue, i) => {
      const top = i * ROW;
      const bars = queue.bins.map((count, bin) => {
        const from = x(figures.from + bin * BIN);
        const tall = round((count / most) * (ROW - 14));
        const wide = Math.max(0.5, x(figures.from + (bin + 1) * BIN) - from - 0.4);
        return count === 0
          ? ''
          : `<rect class="bar" x="${from}" y="${round(top + ROW - 8 - tall)}" width="${round(wide)}" height="${tall}"/>`;
      });
      const outages = queue.outages
        .filter((outage) => length(outage) >= 1000)
        .map(
          (outage, k) =>
            `<rect class="out" x="${x(outage.from)}" y="${top + ROW - 7 + k * 2}" width="${round(x(outage.to) - x(outage.from))}" height="1.5"/>`,
        );
      return `<g${queue.control ? ' class="control"' : ''}><text x="0" y="${top + 20}">${html(queue.kind)}</text><text x="0" y="${top + 33}">lost ${queue.lost}</text>${bars.join('')}${outages.join('')}</g>`;
    }),
    ...holdingsRow(record, x, figures.queues.length * ROW + 10),
    ...faults.map(
      ({ from, to }) =>
        `<rect class="fault" x="${x(from)}" y="0" width="${round(Math.max(1.5, x(to) - x(from)))}" height="${height - 16}"/>`,
    ),
    settled.at === null
      ? ''
      : `<line class="settled" x1="${x(settled.at)}" x2="${x(settled.at)}" y1="0" y2="${height - 16}"/>`,
  ];
  return `<h2>${html(runName({ scenario: record.scenario, run }))}: ${html(title)}</h2>
<p class="facts">${faults.map(({ on, what, from, to }) => `${html(on)}: ${html(what)} (${seconds(to - from)})`).join('; ')}</p>
<p class="facts">outages ${figures.queues.map(({ kind, outages }) => `${html(kind)} ${outages.map((outage) => seconds(length(outage))).join(', ')}`).join('; ')}; address on no host ${seconds(length(vip.gap))}; nothing answered there ${seconds(length(figures.frontGap))}</p>
<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Timeline of ${html(runName(record))}">${parts.join('')}</svg>`;
}

/** Who held the address: a band, green and blue for one host each, red for none, yellow for two. */
function holdingsRow({ vip, figures }: RunRecord, x: (at: number) => number, top: number): readonly string[] {
  const hosts = [...new Set(vip.holdings.flatMap(({ holders }) => holders))].sort();
  const bands = vip.holdings
    .filter(({ from, to }) => to > figures.from && from < figures.to)
    .map(({ from, to, holders }) => {
      const [only = ''] = holders;
      const look =
        holders.length === 0
          ? 'none'
          : holders.length > 1
            ? 'double'
            : hosts.indexOf(only) === 0
              ? 'one'
              : 'two';
      const name = holders.join(' and ') || 'no host';
      const wide = round(x(to) - x(from));
      return `<rect class="${look}" x="${x(from)}" y="${top}" width="${wide}" height="14"><title>${html(name)}</title></rect>${wide > 70 ? `<text style="fill:#fff" x="${x(from) + 4}" y="${top + 11}">${html(name)}</text>` : ''}`;
    });
  return [`<text x="0" y="${top + 11}">virtual address</text>`, ...bands];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function html(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
