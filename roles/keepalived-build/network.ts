import { isIPv4 } from 'node:net';
import { defineFact, type Fact, type HostView, PlayError, sh } from '../../lib/index.ts';
import { type Address, parseAddresses, parseDefaultRoute } from '../domain/keepalived/addresses.ts';

/** A host's network, as it sees it. */
export interface Network {
  readonly addresses: readonly Address[];
  /** The interface of the default route. */
  readonly defaultRoute?: string | undefined;
  /** Addresses by name as the host resolves it. */
  readonly names: ReadonlyMap<string, readonly string[]>;
}

/** Asks for addresses, the default route, and what these names mean there. */
export function networkFact(names: readonly string[]): Fact<Network> {
  return defineFact({
    name: 'the network',
    script: sh`ip -o -4 addr show | sed 's/^/addr|/'
ip -o -4 route show default | sed 's/^/route|/'
for name in ${names}; do
  getent ahostsv4 "$name" | sed -n "s/^\([0-9.]*\) .*STREAM.*/name|$name|\1/p"
done`,
    parse: ({ stdout }) => parseNetwork(stdout),
  });
}

/** Reads the answer of {@link networkFact}. */
export function parseNetwork(stdout: string): Network {
  const rows = (word: string) =>
    stdout.split('\n').flatMap((row) => (row.startsWith(`${word}|`) ? [row.slice(word.length + 1)] : []));
  const names = new Map<string, string[]>();
  for (const row of rows('name')) {
    const [name = '', address = ''] = row.split('|');
    // Some systems call themselves 127.0.1.1.
    if (!address.startsWith('127.')) names.set(name, [...(names.get(name) ?? []), address]);
  }
  const addresses = parseAddresses(rows('addr').join('\n'));
  if (addresses.length === 0) throw new Error('the host named no address of its own: is iproute2 there?');
  return { addresses, defaultRoute: parseDefaultRoute(rows('route').join('\n')), names };
}

/**
 * The interface that carries the host's address, else that of its default route.
 * @throws PlayError `failed` when there is neither
 */
export function interfaceOf({ name, address }: HostView, network: Network): string {
  const own = resolved(address, network);
  const carrier = network.addresses.find((each) => own.includes(each.address))?.interface;
  const found = carrier === undefined || carrier === 'lo' ? network.defaultRoute : carrier;
  if (found !== undefined) return found;
  throw new PlayError({
    kind: 'failed',
    what: `no network interface of ${name} carries ${address}, and it has no default route`,
    why: `it has ${network.addresses.map((each) => `${each.address} on ${each.interface}`).join(', ')}`,
    next: 'set keepalived_interface for this host',
  });
}

/**
 * The one address that other hosts reach this one by.
 * @throws PlayError `failed` when a name has none
 */
export function addressOf({ name, address }: HostView, network: Network): string {
  const [first] = resolved(address, network);
  if (first !== undefined) return first;
  throw new PlayError({
    kind: 'failed',
    what: `${name} has no address that the other hosts know`,
    why: `${address} does not resolve`,
    next: 'set ansible_host to its IPv4 address',
  });
}

function resolved(address: string, { names }: Network): readonly string[] {
  return isIPv4(address) ? [address] : (names.get(address) ?? []);
}
