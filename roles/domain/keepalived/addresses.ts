import { isIPv4 } from 'node:net';

/** One address of one interface. */
export interface Address {
  readonly interface: string;
  /** IPv4. */
  readonly address: string;
  readonly prefix: number;
}

/** Reads `ip -o -4 addr`: one address a line. */
export function parseAddresses(text: string): readonly Address[] {
  return text.split('\n').flatMap((line) => {
    const found = /^\d+:\s+([^\s@]+)\S*\s+inet\s+([\d.]+)(?:\s+peer\s+[\d.]+)?\/(\d+)\s/.exec(line);
    const [, name = '', address = '', prefix = ''] = found ?? [];
    return found && isIPv4(address) ? [{ interface: name, address, prefix: Number(prefix) }] : [];
  });
}

/** Reads the interface off `ip -o -4 route show default`. */
export function parseDefaultRoute(text: string): string | undefined {
  return /^default\b.*?\sdev\s+(\S+)/m.exec(text)?.[1];
}

/** A virtual address with its prefix: its own, else that of a network of the interface that holds it, else 32. */
export function withPrefix(vip: string, addresses: readonly Address[]): string {
  if (vip.includes('/')) return vip;
  const network = addresses.find(
    ({ address, prefix }) => network4(address, prefix) === network4(vip, prefix),
  );
  return `${vip}/${network?.prefix ?? 32}`;
}

/** Whether this is an IPv4 address, with or without a prefix. */
export function isVip(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  if (!isIPv4(address) || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,2}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= 32);
}

/** Whether two IPv4 addresses are of one network, by the first one's prefix, the other's, or 24. */
export function sharesNetwork(a: string, b: string): boolean {
  const [one = '', prefixA] = a.split('/');
  const [other = '', prefixB] = b.split('/');
  const prefix = Number(prefixA ?? prefixB ?? 24);
  return isIPv4(one) && isIPv4(other) && network4(one, prefix) === network4(other, prefix);
}

function network4(address: string, prefix: number): number {
  const bits = address.split('.').reduce((all, octet) => all * 256 + Number(octet), 0);
  return Math.floor(bits / 2 ** (32 - prefix));
}
