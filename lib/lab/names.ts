import { inputError } from '../util/errors.ts';

/** The controller's address on the lab's network. */
export const controllerAddress = '192.0.2.1';
export const subnetPrefix = 24;
/** How many hosts every lab host's /etc/hosts lists at least, also when they are not up, so that a cluster can grow. */
const alwaysNamed = 9;
/** 192.0.2.11 … 192.0.2.109; 192.0.2.200 stays free for a virtual address. */
const mostHosts = 99;

/** Checks a lab's name, which becomes part of paths and of namespace names. */
export function checkLabName(name: string): string {
  if (/^[a-z][a-z0-9-]{0,29}$/.test(name)) return name;
  throw inputError(`"${name}" is not a valid lab name`, {
    next: 'use at most 30 lower-case letters, digits and dashes, beginning with a letter',
  });
}

/** Parses the number of hosts on the command line. */
export function parseHostCount(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= mostHosts) return count;
  throw inputError(`--hosts must be a number from 1 to ${mostHosts}, not "${text}"`);
}

/** `hadoop001` for 1. */
export function hostName(index: number): string {
  return `hadoop${String(index).padStart(3, '0')}`;
}

/** Names of the first `count` hosts. */
export function hostNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => hostName(i + 1));
}

/** The address of a lab host by its name; `undefined` when no lab host can have that name. */
export function hostAddress(name: string): string | undefined {
  const digits = /^hadoop(\d{3})$/.exec(name)?.[1];
  const index = Number(digits ?? 0);
  return index >= 1 && index <= mostHosts ? `192.0.2.${10 + index}` : undefined;
}

/** The address for a lab host's name or for an address of the lab's network; `undefined` for anything else. */
export function labAddress(host: string): string | undefined {
  const last = Number(/^192\.0\.2\.(\d{1,3})$/.exec(host)?.[1] ?? 0);
  return last >= 1 && last <= 254 ? `192.0.2.${last}` : hostAddress(host);
}

/** A MAC address that stays the same after a reboot, so that ARP entries of other hosts stay valid. */
export function hardwareAddress(name: string): string {
  const last = Number((hostAddress(name) ?? controllerAddress).split('.').at(-1));
  return `02:00:c0:00:02:${last.toString(16).padStart(2, '0')}`;
}

/** The lines of /etc/hosts for the lab's hosts. No host's name has a 127.x address: servers that listen on the name would bind to it. */
export function hostLines(count: number): string[] {
  return hostNames(Math.max(count, alwaysNamed)).map((name) => `${hostAddress(name)} ${name}`);
}

/** The content of /etc/hosts on the lab's hosts and its controller. */
export function hostsFile(count: number): string {
  return ['127.0.0.1 localhost', '::1 localhost ip6-localhost', ...hostLines(count), ''].join('\n');
}
