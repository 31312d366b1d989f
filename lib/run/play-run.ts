import { orAborted } from '../connection/abort.ts';
import type { HostSession } from '../host/session.ts';
import type { InventoryHost } from '../inventory/inventory.ts';
import type { HandoffContext } from '../model/handoff.ts';
import type { CheckedVars, Layout, StepContext } from '../model/role.ts';
import type { Task } from '../model/task.ts';
import { asPlayError, inputError, PlayError } from '../util/errors.ts';
import { becomeUser } from './become.ts';
import { ClaimBook } from './claims.ts';
import { converge } from './converge.ts';
import { Foresight } from './foresight.ts';
import { type Ask, lookAhead } from './look-ahead.ts';
import { defaultCacheDir } from './options.ts';
import type { PlannedPlay } from './plan.ts';
import { PlayHosts } from './play-hosts.ts';
import { realMode } from './real-mode.ts';
import type { Running } from './running.ts';
import { type Stage, stagesOf } from './stage.ts';
import { type StepMode, type StepView, stepContext } from './step-context.ts';
import { taskEvents } from './task-events.ts';
import { Turns } from './turns.ts';

/** Seconds that a look ahead may take: it must not hold up a run in which a service is only about to start. */
const AHEAD_SECONDS = 2;

/** One play (or one batch of it) on its hosts: stage by stage, all hosts at once. */
export class PlayRun {
  readonly #play: PlannedPlay;
  readonly #running: Running;
  readonly #hosts: PlayHosts;
  readonly #later: boolean;
  readonly #claims = new Map<string, ClaimBook>();
  readonly #turns = new Turns();

  /** @param later a batch after the first: what is done once in the play was done then */
  constructor(play: PlannedPlay, hosts: readonly InventoryHost[], running: Running, later = false) {
    this.#play = play;
    this.#running = running;
    this.#later = later;
    this.#hosts = new PlayHosts(play.name, hosts, running);
  }

  /** @returns the hosts that failed or were lost */
  async run(): Promise<readonly string[]> {
    await this.#hosts.onAll(async (host) => void (await this.#session(host)));
    const stages = stagesOf(this.#play, this.#running);
    // One alone has nothing to share a look with.
    if (stages.length > 1) await this.#lookAhead(stages);
    for (const stage of stages) {
      if (this.#hosts.left.length === 0) break;
      await this.#stage(stage);
    }
    return this.#hosts.failed;
  }

  /** Asks hosts on behalf of the play as a whole: one that can't answer is missing from the answers. */
  asking(): Pick<StepContext<CheckedVars>, 'query'> & HandoffContext {
    const { query, handOff, received } = this.#mode('gates', () => false);
    return { query, handOff, received };
  }

  async #lookAhead(stages: readonly Stage[]): Promise<void> {
    const steps = stages.map((stage) => ({
      step: stage.step,
      view: this.#view(stage),
      probes: (layout: Layout<CheckedVars>) =>
        new Map(
          this.#hosts.left.map((host) => {
            const tasks = stage.layOut(host, layout, this.#first).filter(stage.selected);
            return [
              host.name,
              tasks.filter(({ options }) => options.on === undefined).map(({ probe }) => probe),
            ];
          }),
        ),
    }));
    const ask: Ask = (name, probes) =>
      this.#hosts.inTurn(async () => {
        const session = await this.#session(this.#host(name));
        return session.ask(probes, { seconds: AHEAD_SECONDS });
      });
    await lookAhead(steps, ask, this.#running.handoffs);
  }

  async #stage(stage: Stage): Promise<void> {
    const { options } = this.#running;
    let layout: Layout<CheckedVars>;
    try {
      layout = await orAborted(stage.step(this.#context(stage)), options.signal);
    } catch (thrown) {
      const error = asPlayError(thrown, 'failed', { role: stage.role });
      if (error.kind === 'aborted' || options.signal?.aborted) throw error;
      this.#dropAll(error);
      return;
    }
    // Before the first of them fails: which host has the tasks that are there once must not change on the way.
    const first = this.#first;
    const tasks = new Map<string, readonly Task[]>();
    await this.#hosts.onAll(async (host) => void tasks.set(host.name, stage.layOut(host, layout, first)));
    await this.#hosts.onAll((host) => this.#converge(host, stage, tasks.get(host.name) ?? []));
  }

  /** Only the host that was lost is unreachable; the others could not go on without it. */
  #dropAll(error: PlayError): void {
    const { host: culprit } = error.where;
    for (const { name } of this.#hosts.left) {
      const own = culprit === undefined || culprit === name;
      this.#hosts.drop(
        name,
        own ? error.at({ host: name }) : new PlayError({ ...error.toTrouble(), kind: 'failed' }),
      );
    }
  }

  async #converge(host: InventoryHost, stage: Stage, tasks: readonly Task[]): Promise<void> {
    const { options, emit } = this.#running;
    const of = { play: this.#play.name, role: stage.role, host: host.name };
    const selected = tasks.filter(stage.selected);
    for (const task of selected) this.#claimsOf(task.options.on ?? host.name).add([task]);
    const sessions = await this.#sessions(host, selected);
    const progress = taskEvents(tasks, of, this.#running);
    emit({ type: 'role', ...of, tasks: tasks.map(({ title }) => title) });
    const ok = await converge(tasks, {
      session: (on) => sessionIn(sessions, on ?? host.name),
      role: stage.role,
      check: options.check ?? false,
      turns: this.#turns,
      foresight: (on) => this.#foresightOf(on ?? host.name),
      selected: stage.selected,
      progress,
    });
    if (stage.last || !ok) emit({ type: 'role-end', ...of, ok });
    if (!ok) this.#hosts.leave(host.name);
  }

  /** The host that has the tasks which are there once. */
  get #first(): string | undefined {
    return this.#later ? undefined : this.#hosts.left[0]?.name;
  }

  #context(stage: Stage): StepContext<CheckedVars> {
    const isInPlay = (name: string) => this.#hosts.left.some((host) => host.name === name);
    return stepContext(this.#view(stage), this.#mode(stage.role, isInPlay));
  }

  #view(stage: Stage): StepView {
    const { options } = this.#running;
    return {
      check: options.check ?? false,
      cacheDir: options.cacheDir ?? defaultCacheDir(),
      hosts: () => this.#hosts.left.map((host) => this.#play.views.withVars(host, stage.vars(host))),
      playHosts: this.#play.allHosts,
      group: (name) => this.#play.views.group(name),
    };
  }

  #mode(role: string, isInPlay: (host: string) => boolean): StepMode {
    const { emit, handoffs } = this.#running;
    return realMode({
      isInPlay,
      handoffs,
      session: (name) => this.#session(this.#host(name)),
      drop: (name, error) => this.#hosts.drop(name, error.at({ role })),
      warn: (text) => emit({ type: 'warning', text }),
      report: (report) => emit({ type: 'report', play: this.#play.name, role, ...report }),
    });
  }

  async #session(host: InventoryHost): Promise<HostSession> {
    const { options, pool, connections } = this.#running;
    const become = becomeUser(host, this.#play.play.become, options.become, connections);
    return pool.session(host, become);
  }

  /** The host's own session, and those of hosts that its tasks look after. */
  async #sessions(host: InventoryHost, tasks: readonly Task[]): Promise<ReadonlyMap<string, HostSession>> {
    const names = new Set([host.name, ...tasks.flatMap(({ options }) => options.on ?? [])]);
    const opened = await Promise.all(
      [...names].map(async (name) => [name, await this.#session(this.#host(name))] as const),
    );
    return new Map(opened);
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

  #host(name: string): InventoryHost {
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
