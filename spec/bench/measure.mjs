/**
 * Runs every contestant once a round, each round beginning with another one, so that whatever else the machine
 * does meets them all alike.
 * @param {Record<string, () => Promise<number>>} contestants each gives its milliseconds
 * @returns {Promise<Record<string, number[]>>} milliseconds by name, one a round
 */
export async function alternate(contestants, rounds) {
  const entries = Object.entries(contestants);
  const times = Object.fromEntries(entries.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < entries.length; turn += 1) {
      const [name, run] = entries[(round + turn) % entries.length];
      times[name][round] = await run();
    }
  }
  return times;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median of the rounds' own ratios: what disturbs a round disturbs both sides of it. */
export function ratio(over, under) {
  return median(over.map((value, round) => value / under[round]));
}
