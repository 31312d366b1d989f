import type { InventoryHost } from '../inventory/inventory.ts';
import type { GateMoment } from '../model/gate.ts';
import { askGates } from './gates.ts';
import type { PlannedPlay } from './plan.ts';
import { PlayRun } from './play-run.ts';
import type { Running } from './running.ts';
import { TagBook } from './tag-book.ts';

/** Runs a play batch by batch, as long as its gates hold and no host fails. */
export class Roll {
  readonly #planned: PlannedPlay;
  readonly #running: Running;
  /** Hosts that failed or were lost, or that must not be met without those: they leave the run. */
  readonly #gone: Set<string>;
  /** Of those, whom this play does not meet. */
  readonly #out: Set<string>;

  constructor(planned: PlannedPlay, running: Running, gone: Set<string>) {
    this.#planned = planned;
    this.#running = { ...running, handoffs: running.handoffs.forPlay() };
    this.#gone = gone;
    this.#out = planned.play.always ? new Set() : gone;
  }

  /** @returns false when a gate did not hold, or a failure is fatal: nothing that comes later may begin */
  async run(): Promise<boolean> {
    const { name, hosts, batches, play } = this.#planned;
    const { emit, pool } = this.#running;
    let wrong = false;
    emit({ type: 'play', play: name, hosts: this.#staying(hosts).map((host) => host.name) });
    let moment: GateMoment = 'before';
    for (const [turn, batch] of batches.entries()) {
      const next = this.#staying(batch);
      if (next.length === 0) continue;
      if (!(await this.#gates(moment, next))) {
        this.#stop('a gate does not hold', turn);
        return false;
      }
      const failed = await new PlayRun(this.#planned, next, this.#running, moment === 'between').run();
      this.#leave(failed);
      if (failed.length > 0) {
        await this.#undo(next);
        wrong = (play.anyErrorsFatal ?? false) && failed.some((host) => pool.roundTrips(host) > 0);
        if (turn < batches.length - 1) {
          this.#stop(`${failed.join(', ')} failed`, turn + 1);
          return !wrong;
        }
      }
      moment = 'between';
    }
    const holds = moment === 'before' || (await this.#gates('after', []));
    emit({ type: 'play-end', play: name });
    return holds && !wrong;
  }

  #staying(hosts: readonly InventoryHost[]): readonly InventoryHost[] {
    return hosts.filter(({ name }) => !this.#out.has(name));
  }

  #leave(hosts: readonly string[]): void {
    for (const host of hosts) {
      this.#gone.add(host);
      this.#out.add(host);
    }
  }

  async #gates(moment: GateMoment, next: readonly InventoryHost[]): Promise<boolean> {
    const { views, play } = this.#planned;
    const { gates = [] } = play;
    const check = this.#running.options.check ?? false;
    // What the batches before would have done to the whole can't be told: the first look stands for all.
    if (gates.length === 0 || (check && moment !== 'before')) return true;
    const context = {
      ...new PlayRun(this.#planned, [], this.#running).asking(),
      moment,
      next: next.map((host) => views.of(host)),
      check,
      playHosts: this.#planned.allHosts,
      group: (name: string) => views.group(name),
    };
    return askGates(this.#planned.name, gates, context, this.#running);
  }

  /** Puts back what the batch began, on all its hosts: where it ended well it may depend on where it didn't. */
  async #undo(batch: readonly InventoryHost[]): Promise<void> {
    const { play, name } = this.#planned;
    if (play.undo === undefined || this.#running.options.check) return;
    const { undo: tasks, become, vars } = play;
    const undo = {
      name: `${name}: undo`,
      hosts: play.hosts,
      tasks,
      ...(become === undefined ? {} : { become }),
      ...(vars === undefined ? {} : { vars }),
    };
    this.#running.emit({ type: 'play', play: undo.name, hosts: batch.map((host) => host.name) });
    const planned = { ...this.#planned, name: undo.name, play: undo, roles: [], batches: [batch] };
    // What was begun is put back whole, whatever part of the playbook was asked for.
    const options = { ...this.#running.options, roles: [], tags: [], skipTags: [] };
    await new PlayRun(planned, batch, { ...this.#running, options, tags: new TagBook() }).run();
    this.#running.emit({ type: 'play-end', play: undo.name });
  }

  /** What was not touched must not be met by later plays, which count on this one. */
  #stop(why: string, turn: number): void {
    const { name, batches } = this.#planned;
    const left = this.#staying(batches.slice(turn).flat()).map((host) => host.name);
    this.#leave(left);
    if (left.length > 0) {
      const text = `the roll of "${name}" stops here: ${why}; not touched: ${left.join(', ')}`;
      this.#running.emit({ type: 'warning', text });
    }
    this.#running.emit({ type: 'play-end', play: name });
  }
}
