import type { Finding, Spot } from '../../../lib/index.ts';
import type { Watch } from './model.ts';

type Fault = Pick<Finding, 'severity' | 'rule' | 'what' | 'why' | 'next'>;

/** `${ps …}`, where `$(ps …)` was meant. */
const BROKEN = /\$\{([A-Za-z_]\w*)\s[^}]*\}/;
const STOPS = /\b(systemctl\s+stop|service)\s+keepalived\b|\b(pkill|killall)\b.*\bkeepalived\b/;

/** Whether a script runs into a bad substitution, and so never gets to what it is for. */
export function isBroken(text: string): boolean {
  return commands(text).some((row) => BROKEN.test(row));
}

/** Whether a script stops Keepalived. */
export function stopsKeepalived(text: string): boolean {
  return commands(text).some((row) => STOPS.test(row));
}

/** Judges the text of a check script by what can be seen without running it. `spot` gives the place of a line, from 1. */
export function judgeCheckScript(
  text: string,
  watch: Watch,
  spot: (line: number) => Spot,
): readonly Finding[] {
  const rows = commands(text);
  const found = rows.flatMap((row, index) =>
    faults(row).map((fault): Finding => ({ ...spot(index + 1), ...fault })),
  );
  const once = found.filter(({ rule }, index) => found.findIndex((each) => each.rule === rule) === index);
  return [...once, ...asleep(rows, watch).map((fault): Finding => ({ ...spot(1), ...fault }))];
}

/** The lines without comments. */
function commands(text: string): readonly string[] {
  return text.split('\n').map((row) => row.replace(/(^|\s)#.*/, '$1'));
}

function faults(row: string): readonly Fault[] {
  const all: Fault[] = [];
  const broken = BROKEN.exec(row);
  if (broken) {
    all.push({
      severity: 'error',
      rule: 'check-script-broken',
      what: `\${${broken[1]} …} is a bad substitution: the check never looks at anything`,
      why: 'the shell refuses the command it stands in and goes on behind it, so the outcome is the same whether HAProxy lives or not',
      next: `$( ) runs a command: $(${broken[1]} …); better still, ask HAProxy whether it answers`,
    });
  }
  if (STOPS.test(row)) {
    all.push({
      severity: 'warning',
      rule: 'check-script-stops-keepalived',
      what: 'the check stops Keepalived itself',
      why: 'nothing starts it again when HAProxy is back: after each proxy has failed once nobody is left to hold the address',
      next: 'exit 1 and a check without weight: the host is in FAULT as long as HAProxy is, and no longer',
    });
  }
  if (/(^|[;&|]|\bthen\b)\s*(\S*\/)?haproxy\s+.*-f\b|\bsystemctl\s+(re)?start\s+haproxy\b/.test(row)) {
    all.push({
      severity: 'hint',
      rule: 'check-script-starts-proxy',
      what: 'the check starts HAProxy',
      why: 'two keepers get in each other’s way: one started so is not known to systemd, and the check hides that it died',
      next: 'Restart=on-failure in its unit, and a check that only looks',
    });
  }
  return all;
}

/** Keepalived kills a check that takes longer than its time limit, and counts it as failed. */
function asleep(rows: readonly string[], { timeout, name }: Watch): readonly Fault[] {
  const seconds = rows
    .flatMap((row) => [...row.matchAll(/(?:^|[;&|]|\bthen\b)\s*sleep\s+([\d.]+)/g)])
    .reduce((sum, [, amount]) => sum + Number(amount), 0);
  if (seconds < timeout) return [];
  return [
    {
      severity: 'error',
      rule: 'check-script-too-slow',
      what: `the check sleeps ${seconds} s and is killed after ${timeout} s`,
      why: `Keepalived gives ${name} its \`timeout\`, else its \`interval\`, and counts a killed check as failed`,
      next: 'a check that does not sleep',
    },
  ];
}
