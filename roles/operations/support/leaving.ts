import type { HostView } from '../../../lib/index.ts';

/** Refuses a play whose hosts include the one that leaves: it is taken out through the hosts that stay. @throws Error */
export function refuseAmong(playHosts: readonly HostView[], leaving: string): void {
  if (playHosts.some(({ name }) => name === leaving)) {
    throw new Error(`${leaving} is to leave, so that it can't be a host of this play`);
  }
}
