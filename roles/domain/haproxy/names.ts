/** HAProxy's name for the brokers together, as its runtime socket and stats page have it. */
export const BACKEND = 'rabbitmq_cluster';

/** An inventory name as HAProxy can have it: what a broker is called there. */
export function serverName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_.-]/g, '_');
}

/** An address as it stands before a port. */
export function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
