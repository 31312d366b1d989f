import { compareVersions, plainVersion } from '../../domain/rabbitmq/rules/versions.ts';

/** A release series and those that a running cluster can come from, node by node. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  '3.8': ['3.7.18'],
  '3.9': ['3.8'],
  '3.10': ['3.9'],
  '3.11': ['3.10'],
  '3.12': ['3.11.18'],
  '3.13': ['3.12'],
  '4.0': ['3.13'],
  '4.1': ['3.13', '4.0'],
  '4.2': ['3.13', '4.0', '4.1'],
  '4.3': ['4.2'],
};

/** Why a node can't go from one version to another while its cluster runs, and over which it could; undefined when it can. */
export function pathProblem(from: string, to: string): string | undefined {
  const [old, wanted] = [plainVersion(from), plainVersion(to)];
  if (compareVersions(wanted, old) < 0) return `${old} is newer than ${wanted}: there is no way back`;
  const [series, target] = [seriesOf(old), seriesOf(wanted)];
  if (series === target) return undefined;
  const sources = PATHS[target];
  if (sources === undefined) return `it is not known from which versions ${wanted} can be reached`;
  if (sources.some((source) => reaches(old, source))) return undefined;
  const [first, ...others] = stops(old, target);
  if (first === undefined) return `there is no known way from ${old} to ${wanted}`;
  return `${wanted} can't be reached from ${old} in one go: upgrade to ${[first, ...others].join(', then ')} first`;
}

/** Whether a version is of this series, and not older than the release that is named. */
function reaches(version: string, source: string): boolean {
  return seriesOf(version) === seriesOf(source) && compareVersions(version, source) >= 0;
}

/** The shortest way to a series, without that itself: what has to be installed on it. */
function stops(from: string, target: string): readonly string[] {
  const ways: { readonly at: string; readonly way: readonly string[] }[] = [{ at: target, way: [] }];
  for (const { at, way } of ways) {
    for (const source of [...(PATHS[at] ?? [])].reverse()) {
      const needed = [source, ...way];
      if (reaches(from, source)) return way;
      if (seriesOf(from) === seriesOf(source)) return needed;
      if (compareVersions(source, from) > 0) ways.push({ at: seriesOf(source), way: needed });
    }
  }
  return [];
}

function seriesOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
