import { inputError } from '../util/errors.ts';

/** The machine on the lab's network that stands for the controller. */
export const controllerAddress = '192.0.2.1';
export const subnetPrefix = 24;
/** Hosts that every lab host's /etc/hosts names, whether they are up or not: room for a cluster to grow. */
const alwaysNamed = 9;
/** 192.0.2.11 … 192.0.2.109; 192.0.2.200 stays free for a virtual address. */
const mostHosts = 99;

/** A lab's name, checked: it becomes part of paths and of namespace names. */
export function checkLabName(name: string): string {
  if (/^[a-z][a-z0-9-]{0,29}$/.test(name)) return name;
  throw inputError(`"${name}" is no name for a lab`, {
    next: 'use up to 30 lower-case letters, digits and dashes, beginning with a letter',
  });
}

/** How many hosts, from what was typed. */
export function parseHostCount(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= mostHosts) return count;
  throw inputError(`--hosts takes a number from 1 to ${mostHosts}, not "${text}"`);
}

/** `hadoop001` for 1. */
export function hostName(index: number): string {
  return `hadoop${String(index).padStart(3, '0')}`;
}

/** Names of the first `count` hosts. */
export function hostNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => hostName(i + 1));
}

/** The address of a lab host by its name; undefined when no lab host can have that name. */
export function hostAddress(name: string): string | undefined {
  const digits = /^hadoop(\d{3})$/.exec(name)?.[1];
  const index = Number(digits ?? 0);
  return index >= 1 && index <= mostHosts ? `192.0.2.${10 + index}` : undefined;
}

/** The address meant by a lab host's name or by an address of the lab's network; undefined for anything else. */
export function labAddress(host: string): string | undefined {
  const last = Number(/^192\.0\.2\.(\d{1,3})$/.exec(host)?.[1] ?? 0);
  return last >= 1 && last <= 254 ? `192.0.2.${last}` : hostAddress(host);
}

/** A hardware address that stays the same over reboots, so that neighbours' ARP entries hold. */
export function hardwareAddress(name: string): string {
  const last = Number((hostAddress(name) ?? controllerAddress).split('.').at(-1));
  return `02:00:c0:00:02:${last.toString(16).padStart(2, '0')}`;
}

/** Lines of /etc/hosts that name the lab's machines. No host's own name is a 127.x address: servers that listen on the name would be out of reach for others. */
export function hostLines(count: number): string[] {
  return hostNames(Math.max(count, alwaysNamed)).map((name) => `${hostAddress(name)} ${name}`);
}

/** /etc/hosts of a machine of the lab. */
export function hostsFile(count: number): string {
  return ['127.0.0.1 localhost', '::1 localhost ip6-localhost', ...hostLines(count), ''].join('\n');
}
