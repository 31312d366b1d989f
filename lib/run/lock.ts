import { hostname, userInfo } from 'node:os';
import { asPlayError, PlayError } from '../errors.ts';
import type { HostSession } from '../host/session.ts';
import type { Host } from '../inventory/inventory.ts';
import type { Lock } from '../play.ts';
import { sh } from '../sh.ts';
import { becomeUser } from './become.ts';
import { lockHosts } from './hosts-of.ts';
import type { Running } from './running.ts';

/**
 * Does `work` while the lock is held on its hosts, each by a process that ends with our connection: the lock of a run
 * that died is free at once, and nothing is ever stale.
 * When somebody else holds it, nothing is done, and an event says who, from where and since when.
 * @throws PlayError `aborted`
 */
export async function withLock(
  lock: Lock | undefined,
  running: Running,
  work: () => Promise<void>,
): Promise<void> {
  // Check mode touches nothing, and hinders nobody.
  if (lock === undefined || running.options.check) return work();
  const releases: (() => void)[] = [];
  try {
    const hosts = lockHosts(lock, running.options.inventory, () => {});
    const who = owner(running.options.playbookName);
    const held = await Promise.allSettled(hosts.map((host) => take(lock, host, who, running)));
    for (const result of held) {
      if (result.status === 'rejected') continue;
      if (result.value !== undefined) releases.push(result.value);
    }
    const refused = held.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    if (refused.length > 0) return refuse(lock, refused, running);
    await work();
  } finally {
    for (const release of releases) release();
  }
}

function refuse({ name }: Lock, refused: readonly unknown[], { emit }: Running): void {
  const errors = refused.map((reason) => asPlayError(reason, 'failed'));
  const aborted = errors.find(({ kind }) => kind === 'aborted');
  if (aborted) throw aborted;
  const reasons = [...new Set(errors.map(({ what, why }) => [what, why].filter(Boolean).join(': ')))];
  emit({ type: 'gate', play: 'all', gate: `the lock "${name}"`, moment: 'before', reasons, durationMs: 0 });
}

async function take(
  lock: Lock,
  host: Host,
  who: string,
  running: Running,
): Promise<(() => void) | undefined> {
  const { options, pool } = running;
  let session: HostSession;
  try {
    session = await pool.session(host, becomeUser(host, true, options));
  } catch (thrown) {
    const error = asPlayError(thrown, 'failed');
    if (error.kind === 'aborted') throw error;
    // The play that needs it says so; somebody else can't reach it to do harm either.
    return undefined;
  }
  const { said, release } = await session.hold(holdScript(lock.name, who));
  if (said === 'held') return release;
  release();
  const busy = /^busy (.*)$/s.exec(said)?.[1];
  throw new PlayError({
    kind: 'failed',
    what: busy
      ? `${busy}; it is free when that run ends, in whatever way`
      : `${host.name}: ${said || 'flock gave no answer'}`,
  });
}

/** Who holds it: a person, a machine, a playbook and a time. */
function owner(playbook: string | undefined): string {
  return `${userInfo().username}@${hostname()} runs ${playbook ?? 'a playbook'} (process ${process.pid}), since ${new Date().toISOString()}`;
}

/** Prints `held`, and holds until its stdin ends; or `busy` and who it is. */
function holdScript(name: string, who: string) {
  const file = `/run/lock/ts-play-${name}`;
  return sh`mkdir -p /run/lock
exec 9>>${file} || exit 1
if flock -n 9; then
  printf '%s\n' ${who} >${file}
  echo held
  cat >/dev/null
  : >${file}
else
  IFS= read -r who <${file} || who='somebody who did not leave a name'
  printf 'busy %s\n' "$who"
fi`;
}
