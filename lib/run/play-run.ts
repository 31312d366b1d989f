import PQueue from 'p-queue';
import { unifiedDiff } from '../diff.ts';
import { asPlayError, inputError, PlayError } from '../errors.ts';
import type { Listener, TaskRef } from '../events.ts';
import type { HostSession } from '../host/session.ts';
import type { ExtraVars } from '../inventory/extra-vars.ts';
import type { Host } from '../inventory/inventory.ts';
import type { Redactor } from '../redact.ts';
import type { CheckedVars, Layout, RoleHost, Step, StepContext } from '../role.ts';
import type { Task } from '../task.ts';
import { probeOf } from './answers.ts';
import { becomeUser } from './become.ts';
import { ClaimBook } from './claims.ts';
import { converge, withHandlers } from './converge.ts';
import { eventError } from './emit.ts';
import { Foresight } from './foresight.ts';
import { lookAhead } from './look-ahead.ts';
import { defaultCacheDir, type RunOptions } from './options.ts';
import type { Outcome } from './outcome.ts';
import { allVars, groupHosts, type PlannedPlay, roleHost } from './plan.ts';
import type { Pool } from './pool.ts';
import { stepContext } from './step-context.ts';
import { selectedBy } from './tags.ts';
import { Turns } from './turns.ts';
import { asLayout, asTasks } from './well-formed.ts';

/** What all plays of a run share. */
export interface Running {
  readonly options: RunOptions;
  readonly extra: ExtraVars;
  readonly emit: Listener;
  readonly pool: Pool;
  readonly redactor: Redactor;
  /** Numbers the run's tasks. */
  readonly ids: { last: number };
  /** Check mode's memory, by host. */
  readonly foresight: Map<string, Foresight>;
}

/** Hosts worked on at once when nobody says. */
const FORKS = 20;
/** Seconds that a look ahead may take: it must not hold up a run in which a service is only about to start. */
const AHEAD_SECONDS = 2;

/** One step of one role as a play goes through it. */
interface Stage {
  readonly role: string;
  /** What to call it in errors: `step 2 of role web`. */
  readonly name: string;
  readonly tags: readonly string[];
  readonly step: Step<CheckedVars>;
  readonly vars: (host: Host) => CheckedVars;
  readonly last: boolean;
}

/** One play (or one batch of it) on its hosts. */
export class PlayRun {
  readonly #play: PlannedPlay;
  readonly #running: Running;
  /** Hosts still in the play. */
  readonly #hosts: Map<string, Host>;
  readonly #later: boolean;
  readonly #failed: string[] = [];
  readonly #claims = new Map<string, ClaimBook>();
  readonly #turns = new Turns();
  readonly #queue: PQueue;

  /** @param later a batch after the first: what is done once in the play was done then */
  constructor(play: PlannedPlay, hosts: readonly Host[], running: Running, later = false) {
    this.#play = play;
    this.#running = running;
    this.#later = later;
    this.#hosts = new Map(hosts.map((host) => [host.name, host]));
    this.#queue = new PQueue({ concurrency: running.options.forks ?? FORKS });
  }

  /** @returns the hosts that failed or were lost */
  async run(): Promise<readonly string[]> {
    await this.#forEachHost(async (host) => void (await this.#session(host)));
    const stages = this.#stages();
    // One alone has nothing to share a look with.
    if (stages.length > 1) await this.#lookAhead(stages);
    for (const stage of stages) {
      if (this.#hosts.size === 0) break;
      await this.#stage(stage);
    }
    return this.#failed;
  }

  #stages(): readonly Stage[] {
    const { play, roles } = this.#play;
    const stages = roles.flatMap(({ use, vars }) =>
      use.steps.map((step, index) => ({
        role: use.name,
        name: `step ${index + 1} of role ${use.name} in play "${this.#play.name}"`,
        tags: [...(play.tags ?? []), ...use.tags],
        step,
        vars: (host: Host) => vars.get(host.name) ?? {},
        last: index === use.steps.length - 1,
      })),
    );
    const { tasks } = play;
    // Asked for some roles only, a play's own tasks are no part of them.
    if (tasks === undefined || (this.#running.options.roles ?? []).length > 0) return stages;
    const layout: Layout<CheckedVars> = (host) =>
      typeof tasks === 'function'
        ? tasks({ ...host, vars: allVars(this.#host(host.name), this.#running.extra) })
        : tasks;
    return [
      ...stages,
      {
        role: 'tasks',
        name: `tasks of play "${this.#play.name}"`,
        tags: play.tags ?? [],
        step: () => layout,
        vars: () => ({}),
        last: true,
      },
    ];
  }

  async #lookAhead(stages: readonly Stage[]): Promise<void> {
    const steps = stages.map((stage) => ({
      step: stage.step,
      context: this.#context(stage),
      probes: (layout: Layout<CheckedVars>) =>
        new Map(
          [...this.#hosts.values()].map((host) => {
            const tasks = this.#layOut(stage, host, layout).filter(this.#selected(stage));
            return [host.name, tasks.filter(({ options }) => options.on === undefined).map(probeOf)];
          }),
        ),
    }));
    await lookAhead(steps, (name, probes) =>
      this.#queue.add(async () => {
        const session = await this.#session(this.#inventoryHost(name));
        return session.ask(probes, { seconds: AHEAD_SECONDS });
      }),
    );
  }

  /** Asks hosts on behalf of the play as a whole: one that can't answer is missing from the answers. */
  asking(): Pick<StepContext<CheckedVars>, 'query'> {
    return this.#contextOf('gates', () => []);
  }

  #context(stage: Stage): StepContext<CheckedVars> {
    return this.#contextOf(stage.role, () =>
      [...this.#hosts.values()].map((host) => roleHost(host, stage.vars(host))),
    );
  }

  #contextOf(role: string, roleHosts: () => readonly RoleHost<CheckedVars>[]): StepContext<CheckedVars> {
    const { options, emit } = this.#running;
    return stepContext({
      check: options.check ?? false,
      cacheDir: options.cacheDir ?? defaultCacheDir(),
      hosts: roleHosts,
      playHosts: this.#play.allHosts,
      group: (name) => groupHosts(options.inventory, name),
      session: (name) => this.#session(this.#inventoryHost(name)),
      drop: (name, error) => this.#drop(name, error.at({ role })),
      warn: (text) => emit({ type: 'warning', text }),
      report: (report) => emit({ type: 'report', play: this.#play.name, role, ...report }),
    });
  }

  #selected({ tags }: Stage): (task: Task) => boolean {
    const { options } = this.#running;
    return selectedBy(tags, options.tags, options.skipTags);
  }

  async #stage(stage: Stage): Promise<void> {
    const { options } = this.#running;
    let layout: Layout<CheckedVars>;
    try {
      layout = asLayout(await stage.step(this.#context(stage)), stage.name);
    } catch (thrown) {
      const error = asPlayError(thrown, 'failed', { role: stage.role });
      if (error.kind === 'aborted' || options.signal?.aborted) throw error;
      // Only the host that was lost is unreachable; the others could not go on without it.
      const { host: culprit } = error.where;
      for (const name of [...this.#hosts.keys()]) {
        const own = culprit === undefined || culprit === name;
        this.#drop(
          name,
          own ? error.at({ host: name }) : new PlayError({ ...error.toTrouble(), kind: 'failed' }),
        );
      }
      return;
    }
    // Before the first of them fails: which host has the tasks that are there once must not change on the way.
    const first = this.#first;
    const tasks = new Map<string, readonly Task[]>();
    await this.#forEachHost(
      async (host) => void tasks.set(host.name, this.#layOut(stage, host, layout, first)),
    );
    await this.#forEachHost((host) => this.#convergeHost(host, stage, tasks.get(host.name) ?? []));
  }

  /** The host that has the tasks which are there once. */
  get #first(): string | undefined {
    return this.#later ? undefined : [...this.#hosts.keys()][0];
  }

  #layOut(stage: Stage, host: Host, layout: Layout<CheckedVars>, first = this.#first): readonly Task[] {
    const tasks = asTasks(layout(roleHost(host, stage.vars(host))), stage.name);
    return withHandlers(
      stage.role,
      tasks.filter(({ options }) => !options.once || host.name === first),
    );
  }

  async #convergeHost(host: Host, stage: Stage, tasks: readonly Task[]): Promise<void> {
    const { options, emit } = this.#running;
    const play = this.#play.name;
    const selected = this.#selected(stage);
    for (const task of tasks.filter(selected)) this.#claimsOf(task.options.on ?? host.name).add([task]);
    const sessions = await this.#sessions(host, tasks.filter(selected));
    const refs = tasks.map((task) => this.#ref(stage, host, task));
    emit({ type: 'role', play, role: stage.role, host: host.name, tasks: tasks.map(({ title }) => title) });
    const ok = await converge(tasks, {
      session: (on) => sessionIn(sessions, on ?? host.name),
      role: stage.role,
      check: options.check ?? false,
      turns: this.#turns,
      foresight: (on) => this.#foresightOf(on ?? host.name),
      selected,
      progress: {
        applying: (index) => emit({ type: 'applying', ...at(refs, index) }),
        line: (index, stream, line) => emit({ type: 'output', stream, line, ...at(refs, index) }),
        done: (index, outcome) => this.#done(at(refs, index), outcome),
      },
    });
    if (stage.last || !ok) emit({ type: 'role-end', play, role: stage.role, host: host.name, ok });
    if (!ok) this.#leave(host.name);
  }

  #done(ref: TaskRef, { status, changes, error, reason, durationMs }: Outcome): void {
    const { options, emit } = this.#running;
    const diff = options.diff
      ? changes.flatMap(({ text }) => (text ? [unifiedDiff(text)] : [])).join('\n')
      : '';
    emit({
      type: 'task',
      ...ref,
      status,
      changes: changes.map(({ what, from, to }) => ({ what, from, to })),
      durationMs,
      ...(diff ? { diff } : {}),
      ...(error ? { error: eventError(error) } : {}),
      ...(reason === undefined ? {} : { reason }),
    });
  }

  /** Runs `work` for every host still in the play; a host whose work throws leaves it. */
  async #forEachHost(work: (host: Host) => Promise<void>): Promise<void> {
    const { signal } = this.#running.options;
    const results = await Promise.allSettled(
      [...this.#hosts.values()].map((host) =>
        this.#queue.add(async () => {
          signal?.throwIfAborted();
          try {
            await work(host);
          } catch (thrown) {
            const error = asPlayError(thrown, 'failed', { host: host.name });
            if (error.kind === 'aborted' || signal?.aborted) throw error;
            this.#drop(host.name, error);
          }
        }),
      ),
    );
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  #drop(name: string, error: PlayError): void {
    const { emit } = this.#running;
    const told = eventError(error);
    if (error.kind === 'unreachable') emit({ type: 'unreachable', host: name, error: told });
    else emit({ type: 'host-failed', play: this.#play.name, host: name, error: told });
    this.#leave(name);
  }

  #leave(name: string): void {
    if (this.#hosts.delete(name)) this.#failed.push(name);
  }

  async #session(host: Host): Promise<HostSession> {
    const { options, pool } = this.#running;
    return pool.session(host, becomeUser(host, this.#play.play.become, options));
  }

  /** The host's own session, and those of hosts that its tasks look after. */
  async #sessions(host: Host, tasks: readonly Task[]): Promise<ReadonlyMap<string, HostSession>> {
    const names = new Set([host.name, ...tasks.flatMap(({ options }) => options.on ?? [])]);
    const opened = await Promise.all(
      [...names].map(async (name) => [name, await this.#session(this.#host(name))] as const),
    );
    return new Map(opened);
  }

  #ref({ role }: Stage, host: Host, { title, options }: Task): TaskRef {
    const { ids } = this.#running;
    ids.last += 1;
    return {
      id: `${this.#play.name}/${ids.last}`,
      play: this.#play.name,
      role,
      host: host.name,
      task: options.on === undefined ? title : `${title} (on ${options.on})`,
    };
  }

  #foresightOf(name: string): Foresight {
    const { foresight } = this.#running;
    const known = foresight.get(name) ?? new Foresight();
    foresight.set(name, known);
    return known;
  }

  #claimsOf(name: string): ClaimBook {
    const book = this.#claims.get(name) ?? new ClaimBook();
    this.#claims.set(name, book);
    return book;
  }

  #host(name: string): Host {
    return this.#hosts.get(name) ?? this.#inventoryHost(name);
  }

  #inventoryHost(name: string): Host {
    const own = this.#play.hosts.find((host) => host.name === name);
    const host = own ?? this.#running.options.inventory.hosts.get(name);
    if (host === undefined) throw inputError(`the inventory has no host ${name}`);
    return host;
  }
}

function sessionIn(sessions: ReadonlyMap<string, HostSession>, name: string): HostSession {
  const session = sessions.get(name);
  if (session === undefined) throw new RangeError(`no session for ${name}`);
  return session;
}

function at(refs: readonly TaskRef[], index: number): TaskRef {
  const ref = refs[index];
  if (ref === undefined) throw new RangeError(`no task ${index}`);
  return ref;
}
