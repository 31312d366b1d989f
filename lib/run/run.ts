import { builtinConnections } from '../connection/builtin.ts';
import { Connections } from '../connection/registry.ts';
import { makeAuthor } from '../host/apply-record.ts';
import { noExtraVars, withExtraVars } from '../inventory/extra-vars.ts';
import type { InventoryHost } from '../inventory/inventory.ts';
import type { HostRecap, RunEvent, TaskRef } from '../model/events.ts';
import { EXIT, exitCodeOf } from '../model/exit-code.ts';
import type { ParametricPlaybook, Playbook } from '../model/play.ts';
import { asPlayError } from '../util/errors.ts';
import { Redactor } from '../util/redact.ts';
import { Secret } from '../util/secret.ts';
import { becomeUser } from './become.ts';
import { eventError, redacting } from './emit.ts';
import { Handoffs } from './handoffs.ts';
import { lockHosts } from './hosts-of.ts';
import { withLock } from './lock.ts';
import { makePlaybook } from './make.ts';
import type { RunOptions } from './options.ts';
import { type PlannedPlay, plan } from './plan.ts';
import { refuseUnknownExtraVars } from './play-vars.ts';
import { type Connect, Pool } from './pool.ts';
import { Roll } from './roll.ts';
import type { Running } from './running.ts';
import { stopOf } from './stop.ts';
import { TagBook } from './tag-book.ts';
import { Tally } from './tally.ts';
import { refuseUnknownTags } from './unknown-tags.ts';
import { refuseUsedTemplates } from './used-templates.ts';
import { Warnings } from './warnings.ts';

/** What a run came to: the same figures as the command line prints. */
export interface RunResult {
  /**
   * One of the command line's: 0 ok, 1 nothing has the tags asked for, 2 hosts failed, 4 hosts unreachable, 130
   * interrupted; that of the signal's reason when it is another error.
   */
  readonly exitCode: number;
  readonly durationMs: number;
  readonly hosts: Readonly<Record<string, HostRecap>>;
  /** Every task on every host, in the order they ended. */
  readonly tasks: readonly Extract<RunEvent, { type: 'task' }>[];
  /**
   * What was under way when the run was interrupted or its host was lost: whether it took effect, in whole or in
   * part, is not known.
   */
  readonly interrupted: readonly TaskRef[];
}

/**
 * Runs a playbook on an inventory's hosts.
 * @throws PlayError `input` when something is wrong before any host is contacted; what goes wrong on hosts is in
 * the result and in the events
 */
export async function run(
  asked: Playbook | ParametricPlaybook,
  askedOptions: RunOptions,
): Promise<RunResult> {
  const started = performance.now();
  const { playbook, options: given } = await makePlaybook(asked, askedOptions);
  const extra = given.extraVars ?? noExtraVars;
  refuseUnknownExtraVars(asked, playbook, given.inventory, extra);
  const options = { ...given, inventory: withExtraVars(given.inventory, extra.vars) };
  const warnings = new Warnings();
  const plays = plan(playbook, options.inventory, extra, options, (text) => warnings.add(text));
  refuseUsedTemplates(plays, extra);
  await refuseUnknownTags(playbook, plays, options, extra);
  const connections = new Connections(
    [...builtinConnections, ...(playbook.connections ?? []), ...(options.connections ?? [])],
    {
      user: options.user,
      privateKeyFile: options.privateKeyFile,
      hostKeyChecking: options.acceptNew ? 'accept-new' : undefined,
    },
  );
  const lock = playbook.lock && {
    name: playbook.lock.name,
    hosts: lockHosts(playbook.lock, options.inventory, () => {}),
  };
  const locked = lock?.hosts ?? [];
  for (const host of new Set([...plays.flatMap(({ hosts }) => hosts), ...locked])) {
    for (const text of connections.route(host).warnings ?? []) warnings.add(text, host.name);
  }
  const becomes = (host: InventoryHost, play: boolean | string | undefined) =>
    becomeUser(host, play, options.become, connections);
  for (const { hosts, play } of plays) for (const host of hosts) becomes(host, play.become);
  for (const host of locked) becomes(host, true);

  const redactor = new Redactor();
  const tags = new TagBook(options);
  const tally = new Tally();
  const tasks: Extract<RunEvent, { type: 'task' }>[] = [];
  const emit = redacting((event) => {
    tally.listen(event);
    if (event.type === 'task') tasks.push(event);
    options.onEvent?.(event);
  }, redactor);
  const connect: Connect = options.connect ?? (async (host, signal) => connections.route(host).open(signal));
  for (const secret of secretsOf(plays)) redactor.add(secret);
  const name = options.playbookName ?? playbook.name ?? 'playbook';
  const author = makeAuthor(name, playbook.lock?.name);
  const pool = new Pool(connect, emit, redactor, options.signal, author, options.scripts ?? false);

  emit({
    type: 'run',
    playbook: name,
    check: options.check ?? false,
    plays: plays.map(({ name, hosts }) => ({ play: name, hosts: hosts.map((host) => host.name) })),
  });
  for (const warning of warnings.events) emit(warning);
  let aborted = false;
  try {
    const running = {
      options,
      extra,
      emit,
      connections,
      pool,
      redactor,
      tags,
      author,
      foresight: new Map(),
      handoffs: new Handoffs(),
      ids: { last: 0 },
    };
    await withLock(lock, plays, running, () => runPlays(plays, running));
  } catch (thrown) {
    if (!options.signal?.aborted && asPlayError(thrown, 'failed').kind !== 'aborted') throw thrown;
    aborted = true;
  } finally {
    await pool.close();
  }
  const stop = stopOf(options.signal);
  if (stop) emit({ type: 'error', error: eventError(stop) });
  if (!aborted && tags.looked) {
    for (const { option, what, next } of tags.unmet)
      emit({ type: 'warning', text: `${option}: ${what}; ${next}` });
  }
  const result = {
    exitCode: stop
      ? exitCodeOf(stop)
      : aborted
        ? EXIT.aborted
        : tally.exitCode || (tags.isInVain ? EXIT.input : EXIT.ok),
    durationMs: Math.round(performance.now() - started),
    hosts: tally.recap((host) => pool.roundTrips(host)),
  };
  const interrupted = tally.underWay;
  emit({ type: 'recap', ...result, ...(aborted || interrupted.length > 0 ? { interrupted } : {}) });
  return { ...result, tasks, interrupted };
}

async function runPlays(plays: readonly PlannedPlay[], running: Running): Promise<void> {
  /** Hosts that failed or were lost leave the run. */
  const gone = new Set<string>();
  let over = false;
  for (const [index, planned] of plays.entries()) {
    if (over && !planned.play.always) continue;
    const holds = await new Roll(planned, running, gone).run();
    running.options.signal?.throwIfAborted();
    if (holds || over) continue;
    over = true;
    const left = plays.slice(index + 1).filter(({ play }) => !play.always);
    if (left.length === 0) continue;
    const names = left.map(({ name }) => name).join(', ');
    running.emit({ type: 'warning', text: `the run ends with play "${planned.name}"; not begun: ${names}` });
  }
}

function secretsOf(plays: readonly PlannedPlay[]): readonly Secret[] {
  const within = (value: unknown): readonly Secret[] => {
    if (value instanceof Secret) return [value];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(within) : [];
  };
  return plays.flatMap(({ roles }) => roles.flatMap(({ vars }) => [...vars.values()].flatMap(within)));
}
