import type { EventError, RunEvent, TaskRef } from '../model/events.ts';
import {
  type FirstError,
  type HostState,
  openRole,
  type PlayState,
  type RecapEvent,
  type RoleState,
} from './state.ts';
import { outputLine } from './text.ts';

/** How many lines of a running apply's output are kept per host. */
const TAIL_LINES = 4;

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/** The state of a run, collected from its events. Reporters draw only from this state. */
export class Tracker {
  check = false;
  readonly plays: PlayState[] = [];
  /** Hosts that are being connected to, and when that began (milliseconds). */
  readonly connecting = new Map<string, number>();
  readonly firstErrors = new Map<string, FirstError>();
  readonly warnings: string[] = [];
  /** The reports of roles and the reasons of failed gates, in order. */
  readonly reports: { readonly title: string; readonly text: string }[] = [];
  recap: RecapEvent | undefined;

  /** Processes an event that happens at `now` (milliseconds). Accepts events in any order. */
  take(event: RunEvent, now: number): void {
    switch (event.type) {
      case 'run':
        this.check = event.check;
        for (const { play, hosts } of event.plays) this.plays.push(newPlay(play, hosts));
        return;
      case 'play':
        this.#startPlay(event, now);
        return;
      case 'connecting':
        this.connecting.set(event.host, now);
        return;
      case 'connected':
        this.connecting.delete(event.host);
        return;
      case 'unreachable':
        this.#markUnreachable(event);
        return;
      case 'warning':
        this.warnings.push(event.host === undefined ? event.text : `${event.host}: ${event.text}`);
        return;
      case 'report':
        this.reports.push(event);
        return;
      case 'gate':
        if (event.reasons.length > 0)
          this.reports.push({
            title: `stopped ${event.moment === 'after' ? 'after' : 'in'} ${event.play}: ${event.gate}`,
            text: event.reasons.join('\n'),
          });
        return;
      case 'role':
        this.#planTasks(event, now);
        return;
      case 'applying': {
        const host = this.#host(event, now);
        host.applying.set(event.id, { ref: event, since: now });
        host.tail = [];
        return;
      }
      case 'applied': {
        const host = this.#host(event, now);
        host.applying.delete(event.id);
        host.tail = [];
        return;
      }
      case 'output': {
        const host = this.#host(event, now);
        const line = outputLine(event.line);
        if (line !== '') host.tail = [...host.tail, line].slice(-TAIL_LINES);
        return;
      }
      case 'task':
        this.#endTask(event, now);
        return;
      case 'role-end': {
        const host = this.#host(event, now);
        this.#role(host, event.role, now).ended = { at: now, ok: event.ok };
        host.applying.clear();
        return;
      }
      case 'host-failed':
        this.#host(event, now).error ??= event.error;
        this.#recordError(event.host, event.error);
        return;
      case 'play-end':
        this.#play(event.play, now).ended = now;
        return;
      case 'recap':
        this.recap = event;
    }
  }

  #startPlay({ play: name, hosts }: EventOf<'play'>, now: number): void {
    const waiting = this.plays.find((play) => play.play === name && play.since === undefined);
    // The hosts of a started play replace the planned ones: some may have failed before. Later batches only add hosts.
    if (waiting) waiting.hosts.clear();
    const play = waiting ?? this.#play(name, now);
    play.since ??= now;
    play.ended = undefined;
    for (const host of hosts) if (!play.hosts.has(host)) play.hosts.set(host, newHost(host));
  }

  /** A role of several steps emits one event per step; all of them belong to one role. */
  #planTasks({ role, tasks, ...event }: EventOf<'role'>, now: number): void {
    const host = this.#host(event, now);
    const open = openRole(host);
    if (open?.role === role) open.planned += tasks.length;
    else host.roles.push(newRole(role, tasks.length, now));
  }

  #endTask(event: EventOf<'task'>, now: number): void {
    const host = this.#host(event, now);
    host.applying.delete(event.id);
    host.tail = [];
    this.#role(host, event.role, now).tasks.push(event);
    if (event.status === 'failed') {
      const error = event.error ?? { kind: 'failed', what: event.reason ?? 'failed' };
      this.#recordError(event.host, error, event);
    }
  }

  #markUnreachable({ host: name, error }: EventOf<'unreachable'>): void {
    this.connecting.delete(name);
    this.#recordError(name, error);
    const play = this.plays.find((each) => each.ended === undefined && each.hosts.has(name));
    const host = play?.hosts.get(name);
    if (host === undefined) return;
    host.error ??= error;
    host.unreachable = true;
    host.applying.clear();
  }

  #recordError(host: string, error: EventError, ref?: TaskRef): void {
    if (this.firstErrors.has(host)) return;
    this.firstErrors.set(host, { role: ref?.role, task: ref?.task, error });
  }

  #play(name: string, now: number): PlayState {
    const known = this.plays.findLast((play) => play.play === name && play.since !== undefined);
    if (known) return known;
    const play = this.plays.find((each) => each.play === name) ?? newPlay(name, []);
    if (!this.plays.includes(play)) this.plays.push(play);
    play.since = now;
    return play;
  }

  #host(event: { readonly play: string; readonly host: string }, now: number): HostState {
    const { hosts } = this.#play(event.play, now);
    const host = hosts.get(event.host) ?? newHost(event.host);
    hosts.set(event.host, host);
    return host;
  }

  #role(host: HostState, name: string, now: number): RoleState {
    const known = host.roles.findLast(({ role }) => role === name);
    if (known) return known;
    const role = newRole(name, 0, now);
    host.roles.push(role);
    return role;
  }
}

function newPlay(play: string, hosts: readonly string[]): PlayState {
  const states = new Map(hosts.map((host) => [host, newHost(host)]));
  return { play, hosts: states, since: undefined, ended: undefined };
}

function newHost(host: string): HostState {
  return { host, roles: [], applying: new Map(), tail: [], error: undefined, unreachable: false };
}

function newRole(role: string, planned: number, since: number): RoleState {
  return { role, planned, since, ended: undefined, tasks: [] };
}
