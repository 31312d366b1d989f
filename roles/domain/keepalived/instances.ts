import type { HostView } from '../../../lib/index.ts';
import { type KeepalivedVars, keepalivedSettings } from './settings.ts';

/** A group of addresses that move together, as the variables have it. */
export interface InstanceSettings {
  readonly name: string;
  readonly virtual_router_id: number;
  readonly vips: readonly string[];
  /** The host with the highest priority. */
  readonly prefer?: string | undefined;
}

/** The name of the group that keepalived_vips make. */
export const MAIN = 'proxies';

/** All groups: first that of keepalived_vips. */
export function instancesOf(vars: KeepalivedVars): readonly InstanceSettings[] {
  const { keepalived_vips: vips, keepalived_virtual_router_id: virtual_router_id } = vars;
  return [{ name: MAIN, virtual_router_id, vips }, ...vars.keepalived_instances];
}

/** The addresses of all groups that these hosts share, without prefixes, each once. */
export function virtualAddresses(hosts: readonly HostView[]): readonly string[] {
  const all = hosts.flatMap((host) => [
    ...(host.setting(keepalivedSettings, 'keepalived_vips') ?? []),
    ...host.setting(keepalivedSettings, 'keepalived_instances').flatMap(({ vips }) => vips),
  ]);
  return [...new Set(all.map((vip) => vip.replace(/\/.*/, '')))];
}

/** The addresses of all groups. */
export function allVips(vars: KeepalivedVars): readonly string[] {
  return instancesOf(vars).flatMap(({ vips }) => vips);
}

/**
 * The priorities of one group of addresses: those of the first, dealt out anew from the host that it prefers. Without
 * a preference that is the host `index` places further on, so that each group has another.
 */
export function prioritiesOf(
  { prefer }: Pick<InstanceSettings, 'prefer'>,
  index: number,
  order: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const ranked = [...order].toSorted(([, a], [, b]) => b - a);
  const preferred = ranked.findIndex(([name]) => name === prefer);
  const first = (preferred < 0 ? index : preferred) % ranked.length;
  const names = ranked.map(([name]) => name);
  const rotated = [...names.slice(first), ...names.slice(0, first)];
  const priorities = ranked.map(([, priority]) => priority);
  return new Map(
    rotated.flatMap((name, i) => {
      const priority = priorities[i];
      return priority === undefined ? [] : [[name, priority] as const];
    }),
  );
}

/** A group of addresses as one host has it. */
export interface Instance {
  readonly name: string;
  readonly virtualRouterId: number;
  readonly priority: number;
  /** As `address/prefix`. */
  readonly vips: readonly string[];
}

/** All groups as one host has them: first that of keepalived_vips. */
export function instancesOn(
  host: string,
  vars: KeepalivedVars,
  order: ReadonlyMap<string, number>,
): readonly Instance[] {
  return instancesOf(vars).map((group, index) => ({
    name: group.name,
    virtualRouterId: group.virtual_router_id,
    priority: prioritiesOf(group, index, order).get(host) ?? 1,
    vips: group.vips,
  }));
}
