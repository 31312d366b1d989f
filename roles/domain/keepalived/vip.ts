import { defineFact, type HostView, PlayError, type StepContext, sh } from '../../../lib/index.ts';
import { type Address, parseAddresses } from './addresses.ts';

/** Longest wait until each virtual address stands. Milliseconds. */
const PATIENCE = 20_000;
const PAUSE = 500;

/** Addresses by host, of those that answered. */
export type Seen = ReadonlyMap<string, readonly Address[]>;

/**
 * Waits until each virtual address is on exactly one of the play's hosts, those outside a limit included.
 * @throws PlayError `failed` that says who holds what, and what Keepalived says
 */
export async function awaitVips<V>(context: StepContext<V>, vips: readonly string[]): Promise<void> {
  const until = Date.now() + PATIENCE;
  // Keepalived moves them by itself, so what is not yet as it should be is asked anew.
  for (let fresh = false; ; fresh = true) {
    const seen = await context.query(context.playHosts, { ...addressFact, fresh });
    const wrong = misplaced(vips, seen);
    if (wrong.length === 0) return;
    if (Date.now() > until) {
      const silent = context.playHosts.filter(({ name }) => !seen.has(name));
      // A host that does not answer may well be the one that holds it.
      if (silent.length > 0 && wrong.every(({ holders }) => holders.length === 0)) {
        context.warn(
          `nobody can say who holds ${wrong.map(({ vip }) => vip).join(', ')}: ${list(silent)} is silent`,
        );
        return;
      }
      throw await trouble(context, wrong);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** A virtual address that is not on exactly one host. */
export interface Misplaced {
  readonly vip: string;
  readonly holders: readonly string[];
}

/** Which virtual addresses nobody holds, or more than one. */
export function misplaced(vips: readonly string[], seen: Seen): readonly Misplaced[] {
  return vips
    .map((vip) => vip.replace(/\/.*/, ''))
    .map((vip) => ({
      vip,
      holders: [...seen].flatMap(([host, addresses]) =>
        addresses.some(({ address }) => address === vip) ? [host] : [],
      ),
    }))
    .filter(({ holders }) => holders.length !== 1);
}

const addressFact = defineFact<readonly Address[]>({
  name: 'which addresses are there',
  script: sh`ip -o -4 addr show`,
  parse: ({ stdout }) => parseAddresses(stdout),
});

const stateFact = defineFact<string>({
  name: 'what Keepalived says',
  fresh: true,
  script: sh`systemctl is-active keepalived
journalctl --unit=keepalived --no-pager --output=cat --lines=200 2>/dev/null |
  grep -E 'STATE|FAULT|failed|rror' | tail -n 3`,
  parse: ({ stdout }) => stdout,
});

async function trouble<V>(context: StepContext<V>, wrong: readonly Misplaced[]): Promise<PlayError> {
  const states = await context.query(context.playHosts, stateFact);
  const [{ vip, holders } = { vip: '', holders: [] }] = wrong;
  return new PlayError({
    kind: 'failed',
    what:
      holders.length === 0
        ? `no host took the virtual address ${vip} within ${PATIENCE / 1000} s`
        : `the virtual address ${vip} is on ${holders.join(' and ')} at a time`,
    why: [...states].map(([host, text]) => `${host}: ${text.replaceAll('\n', '; ')}`).join('\n'),
    next:
      holders.length === 0
        ? 'is HAProxy healthy there? A host in FAULT gives its addresses up: journalctl -u keepalived'
        : 'they do not hear each other: does the network let VRRP (protocol 112, multicast) through? Else set keepalived_unicast',
  });
}

function list(hosts: readonly HostView[]): string {
  return hosts.map(({ name }) => name).join(', ');
}
