import type { Connection } from '../../lib/connection/connection.ts';
import { parseInventory } from '../../lib/inventory/load.ts';
import type { RunEvent } from '../../lib/model/events.ts';
import type { Play } from '../../lib/model/play.ts';
import { defineRole, type Step } from '../../lib/model/role.ts';
import type { RunOptions } from '../../lib/run/options.ts';
import { type RunResult, run } from '../../lib/run/run.ts';
import type { ScriptAnswer } from '../../lib/testing/scripted-host.ts';
import type { SentPart } from '../../lib/testing/sent-batch.ts';
import { PlayError } from '../../lib/util/errors.ts';
import { ThingHost } from './things.ts';

/** The hosts of the play. */
export const names = ['h1', 'h2', 'h3'];
export const inventory = parseInventory(
  'all: {children: {web: {hosts: {h1: , h2: , h3: }}, rest: {hosts: {h9: }}}}',
  'hosts.yml',
);

export type Spoil = (
  host: string,
  part: SentPart,
) => ScriptAnswer | undefined | Promise<ScriptAnswer | undefined>;

/** A run on hosts of things, everything it said kept. */
export class Site {
  readonly hosts = new Map<string, ThingHost>();
  readonly connected: string[] = [];
  readonly events: RunEvent[] = [];
  readonly #spoil: Spoil;
  readonly #refuse: readonly string[];

  constructor(spoil: Spoil = () => undefined, refuse: readonly string[] = []) {
    this.#spoil = spoil;
    this.#refuse = refuse;
  }

  host(name: string): ThingHost {
    const host = this.hosts.get(name) ?? new ThingHost({}, (part) => this.#spoil(name, part));
    this.hosts.set(name, host);
    return host;
  }

  run(plays: readonly (Partial<Play> | undefined)[], options: Partial<RunOptions> = {}): Promise<RunResult> {
    const full = plays.map((play, i): Play => ({ name: `p${i + 1}`, hosts: 'web', ...play }));
    return run(
      { plays: full },
      {
        inventory,
        onEvent: (event) => void this.events.push(event),
        connect: async ({ name }): Promise<Connection> => {
          this.connected.push(name);
          if (this.#refuse.includes(name)) throw new PlayError({ kind: 'unreachable', what: 'no route' });
          return this.host(name);
        },
        ...options,
      },
    );
  }

  of<T extends RunEvent['type']>(type: T): Extract<RunEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);
  }
}

/** A role of these steps, which takes a password. */
export function role(name: string, ...steps: Step<{ readonly r_password?: unknown }>[]) {
  return defineRole({
    name,
    description: 'd',
    prefix: 'r_',
    vars: {
      type: 'object',
      additionalProperties: false,
      properties: { r_password: { type: 'string', format: 'secret', description: 's' } },
    },
    steps: steps as never,
  });
}
