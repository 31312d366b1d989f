import type { HostView } from '../../../lib/index.ts';

/** A host that leaves is spoken of by those that stay: it can't be one of them. @throws Error */
export function refuseAmong(playHosts: readonly HostView[], leaving: readonly string[]): void {
  const both = leaving.find((host) => playHosts.some(({ name }) => name === host));
  if (both !== undefined) throw new Error(`${both} is to leave, so that it can't be a host of this play`);
}
