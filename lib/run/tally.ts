import type { HostRecap, Listener, RunEvent, TaskRef } from '../model/events.ts';
import { EXIT } from '../model/exit-code.ts';

type Counts = { -readonly [K in Exclude<keyof HostRecap, 'roundTrips'>]: number };

/** Counts what a run's events say, host by host, and remembers what is under way. */
export class Tally {
  readonly #hosts = new Map<string, Counts>();
  #shut = false;
  readonly #underWay = new Map<string, TaskRef>();

  readonly listen: Listener = (event: RunEvent) => {
    switch (event.type) {
      case 'run':
        for (const { hosts } of event.plays) hosts.forEach((host) => void this.#of(host));
        break;
      case 'applying':
        this.#underWay.set(event.id, event);
        break;
      case 'applied':
        this.#underWay.delete(event.id);
        break;
      case 'task':
        this.#of(event.host)[event.status === 'would change' ? 'changed' : event.status] += 1;
        this.#underWay.delete(event.id);
        break;
      case 'unreachable':
        this.#of(event.host).unreachable = 1;
        break;
      case 'gate':
        this.#shut ||= event.reasons.length > 0;
        break;
      case 'host-failed':
        if (event.error.kind !== 'aborted') this.#of(event.host).failed += 1;
        break;
    }
  };

  /** What was being applied when the run stopped. */
  get underWay(): readonly TaskRef[] {
    return [...this.#underWay.values()].map(({ id, play, role, host, task }) => ({
      id,
      play,
      role,
      host,
      task,
    }));
  }

  recap(roundTrips: (host: string) => number): Record<string, HostRecap> {
    return Object.fromEntries(
      [...this.#hosts].map(([host, counts]) => [host, { ...counts, roundTrips: roundTrips(host) }]),
    );
  }

  /** Unreachable when a host was, else failed when one failed or a gate did not hold. */
  get exitCode(): number {
    const all = [...this.#hosts.values()];
    if (all.some(({ unreachable }) => unreachable > 0)) return EXIT.unreachable;
    return this.#shut || all.some(({ failed }) => failed > 0) ? EXIT.failed : EXIT.ok;
  }

  #of(host: string): Counts {
    const counts = this.#hosts.get(host) ?? {
      ok: 0,
      changed: 0,
      unknown: 0,
      failed: 0,
      unreachable: 0,
      skipped: 0,
    };
    this.#hosts.set(host, counts);
    return counts;
  }
}
