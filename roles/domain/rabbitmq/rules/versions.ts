/** A version without a package's epoch and revision: `1:3.10.8-1.1+deb12u1` is `3.10.8`. */
export function plainVersion(packaged: string): string {
  return /^(?:\d+:)?(\d+(?:\.\d+)*)/.exec(packaged)?.[1] ?? packaged;
}

/** Below 0 when `a` is older than `b`. Only numbers count. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => plainVersion(version).split('.').map(Number));
  for (let i = 0; i < Math.max(left?.length ?? 0, right?.length ?? 0); i += 1) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
