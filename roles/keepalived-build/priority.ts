import type { HostView } from '../../lib/index.ts';
import { keepalivedSettings } from '../domain/keepalived/settings.ts';

/** The highest that leaves 255 to a host that owns the address itself. */
const HIGHEST = 254;

/**
 * Every host's priority: its own variable, else 254, 253, … in the order of all the play is meant for, so that a
 * limit changes nobody's.
 */
export function priorities(playHosts: readonly HostView[]): ReadonlyMap<string, number> {
  return new Map(
    playHosts.map((host, index) => [
      host.name,
      host.setting(keepalivedSettings, 'keepalived_priority') ?? Math.max(1, HIGHEST - index),
    ]),
  );
}
