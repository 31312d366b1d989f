import type { Probe, Reply } from '../model/fact.ts';
import type { Part } from './batch.ts';
import type { BatchResult } from './shell.ts';

/** How a script ended that did not come to its end: by the time limit, or with the shell it ran in. */
export type Cut = 'timeout' | 'died';

/** What a host answered; undefined when it was not got to. */
export type Answer = Reply | Cut | undefined;

/** What asks several things at once, or one. */
interface Asked {
  readonly part: Part;
  readonly keys: readonly string[];
  read(reply: Reply): readonly (Reply | undefined)[];
}

/** The probes of one look at a host: the same one is asked once, and what can go into one script does. */
export class Look {
  readonly #keys: readonly string[];
  readonly #asked: readonly Asked[];
  readonly #answers = new Map<string, Answer>();

  /** @param known an answer that is still good */
  constructor(probes: readonly Probe[], known: (key: string) => Reply | undefined = () => undefined) {
    this.#keys = probes.map(probeKey);
    const open = new Map<string, Probe>();
    for (const [i, probe] of probes.entries()) {
      const key = this.#keys[i] ?? '';
      const answer = known(key);
      if (answer) this.#answers.set(key, answer);
      else open.set(key, probe);
    }
    this.#asked = groups(open).map((group, i) => asked(String(i), group));
  }

  /** What has to be run; nothing when all is known. */
  get parts(): readonly Part[] {
    return this.#asked.map(({ part }) => part);
  }

  /** Takes in what the host said. @returns the new replies, by key */
  read(result: BatchResult): ReadonlyMap<string, Reply> {
    const replies = new Map<string, Reply>();
    for (const { part, keys, read } of this.#asked) {
      const reply = result.frames.reply(part.id);
      const own = reply ? read(reply) : [];
      for (const [i, key] of keys.entries()) {
        const answer = own[i];
        if (answer) replies.set(key, answer);
        this.#answers.set(key, reply ? answer : unanswered(result, part.id));
      }
    }
    return replies;
  }

  /** One for each probe given. */
  get answers(): readonly Answer[] {
    return this.#keys.map((key) => this.#answers.get(key));
  }
}

/** How a batch was cut short. */
export function cutIn({ ending }: BatchResult): Cut {
  return ending === 'died' ? 'died' : 'timeout';
}

function unanswered(result: BatchResult, id: string): Answer {
  return id === result.frames.running ? cutIn(result) : undefined;
}

/** The probes that go into one script, in order of first mention. */
function groups(probes: ReadonlyMap<string, Probe>): readonly (readonly [string, Probe][])[] {
  const found = new Map<string, [string, Probe][]>();
  for (const [key, probe] of probes) {
    const { as = '', joint } = probe;
    const group = joint ? `joint ${joint.probe.name} ${as}` : key;
    found.set(group, [...(found.get(group) ?? []), [key, probe]]);
  }
  return [...found.values()];
}

function asked(id: string, group: readonly [string, Probe][]): Asked {
  const [[, { script, as, joint }]] = group as readonly [[string, Probe]];
  const keys = group.map(([key]) => key);
  if (joint === undefined || group.length === 1)
    return { part: { id, script, as }, keys, read: (reply) => [reply] };
  const { probe } = joint;
  const items = group.flatMap(([, each]) => (each.joint ? [each.joint.item] : []));
  return {
    part: { id, script: probe.script(items), as },
    keys,
    read: (reply) => probe.split(reply, items) ?? [],
  };
}

function probeKey({ script, as }: Probe): string {
  return `${as ?? ''} ${script.reveal()}`;
}
