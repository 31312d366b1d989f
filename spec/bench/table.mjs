// Rows of the result: what was measured, in which time, and whether the target is met.
import { median } from './measure.mjs';

/** `1.23 s`, `45 ms`. */
export function time(ms) {
  return ms < 1000
    ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
    : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** Median and, in brackets, the range. */
export function times(values) {
  if (values.length === 1) return time(values[0]);
  return `${time(median(values))} (${time(Math.min(...values))} – ${time(Math.max(...values))})`;
}

/**
 * @param {'least' | 'most'} bound which side of the target is good
 * @returns a row; `figure` and `target` are in `unit`
 */
export function row({ what, measured, against, figure, bound, target, unit }) {
  const met = bound === 'least' ? figure >= target : figure <= target;
  return {
    what,
    measured,
    against,
    figure: amount(figure, unit),
    target: `${bound === 'least' ? '≥' : '≤'} ${target}${unit}`,
    met,
  };
}

function amount(value, unit) {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(1)}${unit}`;
}

const titles = ['', 'ts-play', 'compared with', 'result', 'target', 'met'];

/** The rows as a markdown table. */
export function markdown(rows) {
  const cells = rows.map((each) => [
    each.what,
    each.measured,
    each.against,
    `**${each.figure}**`,
    each.target,
    each.met ? 'yes' : '**no**',
  ]);
  return [titles, titles.map(() => '---'), ...cells].map((line) => `| ${line.join(' | ')} |`).join('\n');
}
