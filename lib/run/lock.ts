import PQueue from 'p-queue';
import {
  askUnderway,
  defineUnderway,
  describeUnderway,
  howToEnd,
  readUnderway,
  type Underway,
} from '../host/apply-record.ts';
import type { HostSession } from '../host/session.ts';
import type { InventoryHost } from '../inventory/inventory.ts';
import { asPlayError, PlayError } from '../util/errors.ts';
import { lines, sh } from '../util/sh.ts';
import { becomeUser } from './become.ts';
import type { PlannedPlay } from './plan.ts';
import { FORKS } from './play-hosts.ts';
import type { Running } from './running.ts';

/** A playbook's lock, and the hosts that it is held on. */
interface Lock {
  readonly name: string;
  readonly hosts: readonly InventoryHost[];
}

/**
 * Does `work` while the lock is held on its hosts, each by a process that ends with our connection: the lock of a run
 * that died is free as soon as the last script that this run began has ended, and nothing is ever stale.
 * When somebody else holds it, or a script begun under it still runs on a host of this run, nothing is done, and an
 * event says who, from where and since when.
 * @throws PlayError `aborted`
 */
export async function withLock(
  lock: Lock | undefined,
  plays: readonly PlannedPlay[],
  running: Running,
  work: () => Promise<void>,
): Promise<void> {
  // Check mode touches nothing, and hinders nobody.
  if (lock === undefined || running.options.check) return work();
  const releases: (() => void)[] = [];
  try {
    const { forks = FORKS } = running.options;
    // A script that outlives its run may be on any host that the run changed.
    const others = plays.flatMap(({ hosts, play }) => hosts.map((host) => ({ host, become: play.become })));
    const asked = new Map(
      others
        .filter(({ host }) => !lock.hosts.some(({ name }) => name === host.name))
        .map((of) => [of.host.name, of]),
    );
    const queue = new PQueue({ concurrency: forks });
    const results = await Promise.allSettled([
      ...lock.hosts.map((host) => queue.add(() => take(lock, host, running))),
      ...[...asked.values()].map(({ host, become }) => queue.add(() => ask(lock, host, become, running))),
    ]);
    for (const result of results) {
      if (result.status === 'fulfilled' && result.value !== undefined) releases.push(result.value);
    }
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
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

/** Takes the lock on one host. @returns what gives it back */
async function take(lock: Lock, host: InventoryHost, running: Running): Promise<(() => void) | undefined> {
  const session = await sessionOn(host, true, running);
  if (session === undefined) return undefined;
  const { said, release } = await session.hold(holdScript(lock.name, running));
  const held = /^held (.*)$/s.exec(said)?.[1];
  if (held !== undefined) {
    const before = underLock(lock, held.replaceAll(RECORD_END, '\n'), running);
    if (before.length === 0) return release;
    release();
    throw stillHeld(host.name, before);
  }
  release();
  const busy = /^busy (.*)$/s.exec(said)?.[1];
  throw new PlayError({
    kind: 'failed',
    what: busy
      ? `${busy}; it is free when that run ends, in whatever way`
      : `${host.name}: ${said || 'flock gave no answer'}`,
  });
}

/** Asks a host that the lock is not held on for scripts that were begun under it. */
async function ask(
  lock: Lock,
  host: InventoryHost,
  become: boolean | string | undefined,
  running: Running,
): Promise<undefined> {
  const session = await sessionOn(host, become, running);
  const [answer] = (await session?.ask([{ script: askUnderway() }], { fresh: true })) ?? [];
  const before = typeof answer === 'object' ? underLock(lock, answer.stdout, running) : [];
  if (before.length > 0) throw stillHeld(host.name, before);
}

/** Undefined for a host that can't be reached: the play that needs it says so, and nobody else reaches it either. */
async function sessionOn(
  host: InventoryHost,
  become: boolean | string | undefined,
  { options, pool, connections }: Running,
): Promise<HostSession | undefined> {
  try {
    return await pool.session(host, becomeUser(host, become, options.become, connections));
  } catch (thrown) {
    const error = asPlayError(thrown, 'failed');
    if (error.kind === 'aborted') throw error;
    return undefined;
  }
}

function underLock({ name }: Lock, printed: string, { author }: Running): readonly Underway[] {
  return readUnderway(printed).filter(({ lock, run }) => lock === name && run !== author.run);
}

function stillHeld(host: string, found: readonly Underway[]): PlayError {
  return new PlayError({
    kind: 'failed',
    what: `${host}: a script of an earlier run with this lock still runs`,
    why: `${found.map(describeUnderway).join(' and ')}; ${howToEnd(found)}`,
  });
}

/** Stands between records, which have to be on one line. */
const RECORD_END = '\x1e';

/** Prints `held` and the applies that run on the host, and holds until its stdin ends; or `busy` and who it is. */
function holdScript(name: string, { author }: Running) {
  const file = `/run/lock/ts-play-${name}`;
  const { who: person, process, playbook } = author;
  const who = `${person} runs ${playbook} (process ${process}), since ${new Date().toISOString()}`;
  return lines(
    defineUnderway(),
    sh`mkdir -p /run/lock
exec 9>>${file} || exit 1
if flock -n 9; then
  printf '%s\n' ${who} >${file}
  underway; printf 'held %s\n' "$(printf %s "$all" | tr '\n' ${RECORD_END})"
  cat >/dev/null
  : >${file}
else
  IFS= read -r who <${file} || who='somebody who did not leave a name'
  printf 'busy %s\n' "$who"
fi`,
  );
}
