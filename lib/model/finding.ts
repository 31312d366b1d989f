import type { Place } from '../util/errors.ts';

/** `error`: it will fail when it is needed. `warning`: it is likely to hurt. `hint`: worth a thought. */
export type Severity = 'error' | 'warning' | 'hint';

/** What a finding is about, and where that was written. */
export interface Spot {
  /** The hosts concerned, by the inventory's names or what a file calls them. */
  readonly hosts: readonly string[];
  /** The variable at fault, where it is one. */
  readonly variable?: string;
  /** `file:line:column`, as far as known. */
  readonly where: Place;
}

/** Something about the design that someone should know. Never holds a secret. */
export interface Finding extends Spot {
  readonly severity: Severity;
  /** In kebab-case, as in `vip-never-moves`; stays the same between versions. */
  readonly rule: string;
  /** One sentence without a full stop, the same for all hosts that share it. */
  readonly what: string;
  readonly why: string;
  /** What to change. */
  readonly next: string;
}

const ORDER: readonly Severity[] = ['error', 'warning', 'hint'];

/** Findings in order: the worst first, then by place. What several hosts share is said once, for all of them. */
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
