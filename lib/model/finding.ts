import type { Place } from '../util/errors.ts';

/** `error`: it will fail. `warning`: it will probably cause problems. `hint`: worth considering. */
export type Severity = 'error' | 'warning' | 'hint';

/** The hosts and the variable of a finding, and where it was written. */
export interface Spot {
  /** The hosts concerned, by their names in the inventory or in the file. */
  readonly hosts: readonly string[];
  /** The variable that causes the finding, if it is a variable. */
  readonly variable?: string;
  /** File, line and column, as far as they are known. */
  readonly where: Place;
}

/** A problem that the linter found in the design. Never contains a secret. */
export interface Finding extends Spot {
  readonly severity: Severity;
  /** In kebab-case, for example `vip-never-moves`; stable between versions. */
  readonly rule: string;
  /** One clause without a full stop, the same for all hosts that share the finding. */
  readonly what: string;
  readonly why: string;
  /** What to change. */
  readonly next: string;
}

const ORDER: readonly Severity[] = ['error', 'warning', 'hint'];

/** Sorts findings by severity, then by place, and merges the findings that several hosts share. */
export function settled(findings: readonly Finding[]): readonly Finding[] {
  const merged = new Map<string, Finding>();
  for (const finding of findings) {
    const { rule, what, variable, where } = finding;
    const key = JSON.stringify([rule, what, variable, where.file, where.line, where.column]);
    const before = merged.get(key);
    const hosts = [...new Set([...(before?.hosts ?? []), ...finding.hosts])];
    merged.set(key, { ...(before ?? finding), hosts });
  }
  return [...merged.values()].sort(
    (a, b) =>
      ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) ||
      (a.where.file ?? '').localeCompare(b.where.file ?? '') ||
      (a.where.line ?? 0) - (b.where.line ?? 0) ||
      a.rule.localeCompare(b.rule),
  );
}
