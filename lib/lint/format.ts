import type { Finding, Severity } from '../model/finding.ts';
import type { Paint, Style } from '../report/paint.ts';
import { clean, indent, plural } from '../report/text.ts';
import { filePlace } from '../util/errors.ts';

const STYLES: Readonly<Record<Severity, Style>> = { error: 'red', warning: 'yellow', hint: 'cyan' };

/** Findings as text for people, with the totals. */
export function formatFindings(findings: readonly Finding[], paint: Paint): string {
  const count = (severity: Severity) => findings.filter((each) => each.severity === severity).length;
  const total =
    findings.length === 0
      ? 'no findings'
      : [
          plural(count('error'), 'error'),
          plural(count('warning'), 'warning'),
          plural(count('hint'), 'hint'),
        ].join(', ');
  return [...findings.map((finding) => `${formatFinding(finding, paint)}\n`), total].join('\n');
}

function formatFinding({ severity, rule, hosts, variable, where, what, why, next }: Finding, paint: Paint) {
  const place = [filePlace(where), variable, hosts.join(', ')].filter(Boolean).join(' · ');
  return [
    `${paint(STYLES[severity], severity)} ${paint('bold', clean(what))} ${paint('dim', `[${rule}]`)}`,
    ...(place === '' ? [] : [`  at: ${clean(place)}`]),
    `  why: ${hanging(clean(why))}`,
    `  next: ${hanging(clean(next))}`,
  ].join('\n');
}

function hanging(text: string): string {
  return indent(text, 7).trimStart();
}
