import type { ExtraVars } from '../inventory/extra-vars.ts';
import type { Inventory, InventoryHost, Vars } from '../inventory/inventory.ts';
import { limitHosts, type Warn } from '../inventory/patterns.ts';
import { overlay } from '../inventory/templates.ts';
import type { Play, Playbook } from '../model/play.ts';
import type { CheckedVars, HostView, RoleUse, ValidateContext } from '../model/role.ts';
import { asPlayError, inputError, PlayError } from '../util/errors.ts';
import { didYouMean } from '../util/nearest.ts';
import { HostViews } from './host-views.ts';
import { CONTROLLER, lockHosts, playHosts } from './hosts-of.ts';
import { refuseUnknownVars, renamedVars, roleVars } from './vars.ts';
import { refuseMalformed } from './well-formed.ts';

/** What narrows a run down. */
export interface Selection {
  /** A pattern; hosts outside it are left alone. */
  readonly limit?: string | undefined;
  /** Only these roles, by name. */
  readonly roles?: readonly string[] | undefined;
  /** Not to be run: files that a run would read may be elsewhere. */
  readonly designOnly?: boolean;
}

/** A role within a planned play, with the variables of every host of the play. */
export interface PlannedRole {
  readonly use: RoleUse;
  readonly vars: ReadonlyMap<string, CheckedVars>;
}

/** A play, checked as far as can be without contacting a host. */
export interface PlannedPlay {
  readonly name: string;
  readonly play: Play;
  /** In the order of work. */
  readonly hosts: readonly InventoryHost[];
  /** All the play is meant for, whatever the limit. */
  readonly allHosts: readonly HostView[];
  /** The hosts again, in the batches that `serial` makes of them. */
  readonly batches: readonly (readonly InventoryHost[])[];
  readonly roles: readonly PlannedRole[];
  /** Why it has no hosts at all, whatever the limit. */
  readonly none?: string | undefined;
  /** All hosts, as roles see them. */
  readonly views: HostViews;
}

/**
 * Lays out a run and finds every mistake that can be found before a host is contacted.
 * @param warn is told what is no mistake for sure, such as a play without hosts
 * @throws PlayError `input`
 */
export function plan(
  playbook: Playbook,
  inventory: Inventory,
  extra: ExtraVars,
  selection: Selection,
  warn: Warn = () => {},
): readonly PlannedPlay[] {
  refuseMalformed(playbook);
  const uses = playbook.plays.flatMap((play) => play.roles ?? []);
  refuseUnknownRoles(selection.roles ?? [], uses);
  const views = new HostViews(inventory, extra);
  const plays = playbook.plays.map((play, index) => {
    const planned = planPlay(play, index, { inventory, extra, selection, views, warn });
    views.add(play.roles ?? [], planned.allHosts);
    return planned;
  });
  if (playbook.lock) lockHosts(playbook.lock, inventory, warn);
  refuseUnknownVars(uses, [...inventory.hosts.values()], extra);
  for (const text of renamedVars(uses, [...inventory.hosts.values()], extra)) warn(text);
  for (const play of plays) {
    const context = {
      playHosts: play.allHosts,
      group: (name: string) => views.group(name),
      designOnly: selection.designOnly ?? false,
    };
    for (const { use, vars } of play.roles) validateTogether(use, play, vars, context);
  }
  const left = plays.filter(({ hosts }) => hosts.length > 0);
  if (left.length === 0) throw nothingToDo(plays, selection);
  return left;
}

function nothingToDo(plays: readonly PlannedPlay[], { limit }: Selection): PlayError {
  const empty = plays.flatMap(({ name, none }) => (none === undefined ? [] : [`play "${name}": ${none}`]));
  if (limit === undefined || empty.length === plays.length) {
    return inputError('nothing is to be done: no play has a host', {
      why: empty.join('\n'),
      next: 'put hosts into these groups of the inventory, or correct the hosts of the plays',
    });
  }
  return inputError(`the limit "${limit}" leaves no host of any play`, {
    next: 'see the hosts of each play with --list-hosts and without the limit',
  });
}

/** Everything known of a host, `-e` on top. */
export function allVars(host: InventoryHost, extra: ExtraVars): Vars {
  return overlay(host.vars, extra.vars);
}

interface Planning {
  readonly inventory: Inventory;
  readonly extra: ExtraVars;
  readonly selection: Selection;
  readonly views: HostViews;
  readonly warn: Warn;
}

function planPlay(
  play: Play,
  index: number,
  { inventory, extra, selection, views, warn }: Planning,
): PlannedPlay {
  const name = play.name || `play ${index + 1}`;
  const { hosts: all, none } = playHosts(name, play.hosts, inventory, warn);
  if (none !== undefined) warn(`play "${name}" has no hosts: ${none}`);
  if (isIdle(play))
    warn(`play "${name}" has neither roles nor tasks nor gates: it only connects to its hosts`);
  const names = all.map((host) => host.name);
  const limited = new Set(limitedTo(names, selection.limit, inventory, warn));
  const hosts = all.filter((host) => limited.has(host.name) || host === CONTROLLER);
  const allHosts = all.map((host) => views.of(host));
  const wanted = selection.roles ?? [];
  const uses = (play.roles ?? []).filter((use) => wanted.length === 0 || wanted.includes(use.name));
  const roles = uses.map((use) => ({
    use,
    vars: new Map(hosts.map((host) => [host.name, roleVars(use, host, extra)])),
  }));
  const idle = wanted.length > 0 && roles.length === 0;
  return {
    name,
    play,
    allHosts,
    hosts: idle ? [] : hosts,
    batches: batches(hosts, play),
    roles,
    none,
    views,
  };
}

function limitedTo(
  names: readonly string[],
  limit: string | undefined,
  inventory: Inventory,
  warn: Warn,
): readonly string[] {
  if (limit === undefined) return names;
  try {
    return limitHosts(names, limit, inventory, undefined, (text) => warn(`--limit: ${text}`));
  } catch (thrown) {
    throw asPlayError(thrown, 'input', { file: '--limit' });
  }
}

function isIdle({ roles = [], tasks = [], gates = [] }: Play): boolean {
  return roles.length === 0 && gates.length === 0 && typeof tasks !== 'function' && tasks.length === 0;
}

function validateTogether(
  use: RoleUse,
  { hosts, views }: PlannedPlay,
  vars: ReadonlyMap<string, CheckedVars>,
  context: ValidateContext,
): void {
  if (hosts.length === 0) return;
  try {
    use.validate(
      hosts.map((host) => views.withVars(host, vars.get(host.name) ?? {})),
      context,
    );
  } catch (error) {
    if (error instanceof PlayError)
      throw new PlayError({ ...error.at({ role: use.name }).toTrouble(), kind: 'input' });
    throw asPlayError(error, 'input', { role: use.name });
  }
}

/** Splits hosts as `serial` says: sizes in turn, the last one repeated. */
function batches(
  hosts: readonly InventoryHost[],
  { serial, name }: Play,
): readonly (readonly InventoryHost[])[] {
  if (serial === undefined || hosts.length === 0) return hosts.length === 0 ? [] : [hosts];
  const sizes = (Array.isArray(serial) ? serial : [serial]).map((size) =>
    batchSize(size, hosts.length, name),
  );
  const result: (readonly InventoryHost[])[] = [];
  for (let start = 0, turn = 0; start < hosts.length; turn += 1) {
    const size = sizes[Math.min(turn, sizes.length - 1)] ?? hosts.length;
    result.push(hosts.slice(start, start + size));
    start += size;
  }
  return result;
}

function batchSize(size: unknown, all: number, play: string): number {
  const percent = typeof size === 'string' ? /^(\d+)%$/.exec(size)?.[1] : undefined;
  const count = percent === undefined ? Number(size) : Math.max(1, Math.floor((all * Number(percent)) / 100));
  if (Number.isInteger(count) && count > 0) return count;
  throw inputError(`serial must be a positive number or a percentage, not ${JSON.stringify(size)}`, {
    where: { file: `play "${play}"` },
  });
}

function refuseUnknownRoles(wanted: readonly string[], uses: readonly RoleUse[]): void {
  const known = new Set(uses.map(({ name }) => name));
  for (const role of wanted) {
    if (known.has(role)) continue;
    throw inputError(`no play has a role named "${role}"`, {
      next: didYouMean(role, known) ?? `the playbook's roles are: ${[...known].join(', ') || 'none'}`,
    });
  }
}
