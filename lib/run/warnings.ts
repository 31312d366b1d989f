import type { RunEvent } from '../model/events.ts';

/** Warnings found before a run begins. What is said of many hosts in the same words is told once. */
export class Warnings {
  readonly #hosts = new Map<string, Set<string>>();

  add(text: string, host?: string): void {
    const hosts = this.#hosts.get(text) ?? new Set();
    this.#hosts.set(text, hosts);
    if (host !== undefined) hosts.add(host);
  }

  get events(): readonly Extract<RunEvent, { type: 'warning' }>[] {
    return [...this.#hosts].map(([text, hosts]) => {
      const [host, ...others] = hosts;
      if (others.length > 0) return { type: 'warning', text: `${text} (${hosts.size} hosts)` };
      return { type: 'warning', ...(host === undefined ? {} : { host }), text };
    });
  }
}
