import { hostname, userInfo } from 'node:os';
import { asPlayError, PlayError } from '../errors.ts';
import type { HostSession } from '../host/session.ts';
import { selectHosts } from '../inventory/patterns.ts';
import type { Lock } from '../play.ts';
import { sh } from '../sh.ts';
import { becomeUser } from './become.ts';
import type { Running } from './play-run.ts';

/**
 * Does `work` while the lock is held on its hosts, each by a process that ends with our connection: the lock of a run
 * that died is free at once, and nothing is ever stale.
 * @throws PlayError `failed` that says who holds it, from where and since when
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
    const names = selectHosts(lock.hosts, running.options.inventory);
    const held = await Promise.allSettled(names.map((name) => take(lock, name, running)));
    for (const result of held) if (result.status === 'fulfilled' && result.value) releases.push(result.value);
    for (const result of held) if (result.status === 'rejected') throw result.reason;
    await work();
  } finally {
    for (const release of releases) release();
  }
}

async function take(lock: Lock, name: string, running: Running): Promise<(() => void) | undefined> {
  const { options, pool } = running;
  const host = options.inventory.hosts.get(name);
  if (host === undefined) return undefined;
  let session: HostSession;
  try {
    session = await pool.session(host, becomeUser(host, true, options));
  } catch (thrown) {
    const error = asPlayError(thrown, 'failed');
    if (error.kind === 'aborted') throw error;
    // The play that needs it says so; somebody else can't reach it to do harm either.
    return undefined;
  }
  const { said, release } = await session.hold(holdScript(lock.name, owner(options.playbookName)));
  if (said === 'held') return release;
  release();
  const busy = /^busy (.*)$/s.exec(said)?.[1];
  throw new PlayError({
    kind: 'failed',
    what:
      busy === undefined
        ? `the lock "${lock.name}" can't be taken`
        : `another run holds the lock "${lock.name}": ${busy}`,
    why: busy === undefined ? said : undefined,
    next:
      busy === undefined
        ? 'is flock (util-linux) installed there?'
        : 'wait until it has ended; it is free the moment that run ends, in whatever way',
    where: { host: name },
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
