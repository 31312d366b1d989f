import { HostSession } from '../../lib/host/session.ts';
import { defineFact, type Fact, type Joint } from '../../lib/model/fact.ts';
import { defineTask, type Task, type TaskType } from '../../lib/model/task.ts';
import { converge, withHandlers } from '../../lib/run/converge.ts';
import { Foresight } from '../../lib/run/foresight.ts';
import type { TaskOutcome } from '../../lib/run/outcome.ts';
import { Turns } from '../../lib/run/turns.ts';
import type { ScriptAnswer } from '../../lib/testing/scripted-host.ts';
import { ScriptedHost } from '../../lib/testing/scripted-host.ts';
import type { SentPart } from '../../lib/testing/sent-batch.ts';
import { Redactor } from '../../lib/util/redact.ts';
import { type Script, sh } from '../../lib/util/sh.ts';

export interface ThingWant {
  readonly name: string;
  readonly value: string;
}

/** A thing's value, as this script prints it. */
export function thingValue(name: string, script: Script, joint?: Joint): Fact<string> {
  return defineFact({
    name: `value of ${name}`,
    script,
    joint,
    parse({ code, stdout, stderr }) {
      if (code !== 0) throw new Error(`no sense in it: ${stderr}`);
      return stdout;
    },
  });
}

/** A thing that has a value: the simplest task there is. */
export const thingType: TaskType<ThingWant, string> = {
  name: 'thing',
  title: ({ name }) => name,
  claims: ({ name, value }) => ({ [`thing ${name}`]: value }),
  fact: ({ name }) => thingValue(name, sh`get ${name}`),
  diff: (state, { value }) => (state === value ? [] : [{ what: 'value', from: state, to: value }]),
  apply: ({ name, value }) => sh`put ${name} ${value}`,
};

export const thing = defineTask(thingType);

/** The same without a state of its own. */
export const deed = defineTask<{ readonly name: string }, null>({
  name: 'deed',
  always: true,
  title: ({ name }) => name,
  fact: () => ({ name: 'nothing', script: sh`:`, parse: () => null }),
  diff: () => [{ what: 'run' }],
  apply: ({ name }) => sh`do ${name}`,
});

/** `count` things `t1…`, wanted to be `new`. */
export function things(count: number): readonly Task[] {
  return Array.from({ length: count }, (_, i) => thing({ name: `t${i + 1}`, value: 'new' }));
}

/** A host of things; markers of owed handlers included. `spoil` may answer instead. */
export class ThingHost extends ScriptedHost {
  readonly values: Map<string, string>;
  readonly owed: Set<string>;
  readonly done: string[];

  constructor(
    values: Readonly<Record<string, string>> = {},
    spoil: (
      part: SentPart,
      host: ThingHost,
    ) => ScriptAnswer | undefined | Promise<ScriptAnswer | undefined> = () => undefined,
  ) {
    super(async (part) => (await spoil(part, this)) ?? this.#answer(part.code));
    this.values = new Map(Object.entries(values));
    this.owed = new Set();
    this.done = [];
  }

  #answer(code: string): ScriptAnswer {
    const said: string[] = [];
    for (const line of code.split('\n')) {
      const [verb, name = '', value = ''] = line.split(' ');
      if (verb === 'get') said.push(this.values.get(name) ?? 'old');
      else if (verb === 'put') this.values.set(name, value);
      else if (verb === 'do') this.done.push(name);
      else if (verb === 'ls') said.push(...this.owed);
      else if (verb === 'touch') this.owed.add(line.split('/').at(-1) ?? '');
      else if (verb === 'rm') this.owed.delete(line.split('/').at(-1) ?? '');
      else if (verb === 'if' && this.owed.has(/\/([^/ ]+) \]/.exec(line)?.[1] ?? '')) said.push('owed');
    }
    return said.map((text) => `${text}\n`).join('');
  }
}

export interface Told extends TaskOutcome {
  readonly task: string;
}

export interface Converged {
  readonly ok: boolean;
  readonly told: readonly Told[];
  readonly applying: readonly string[];
  readonly warnings: readonly string[];
  readonly lines: readonly string[];
  readonly session: HostSession;
  /** `task status` of each. */
  readonly summary: readonly string[];
}

export interface ConvergeSetup {
  readonly role?: string;
  readonly check?: boolean;
  readonly turns?: Turns;
  readonly selected?: (task: Task) => boolean;
  readonly epoch?: { value: number };
  readonly name?: string;
  /** Hears `task status` of each at once: for a run that throws. */
  readonly onTold?: (line: string) => void;
}

/** Converges a host, handlers included, and keeps all that was told. */
export async function convergeOn(
  host: ScriptedHost,
  tasks: readonly Task[],
  setup: ConvergeSetup = {},
): Promise<Converged> {
  const {
    role = 'r',
    check = false,
    turns = new Turns(),
    selected = () => true,
    epoch = { value: 0 },
  } = setup;
  const foresight = new Foresight();
  const session = new HostSession(setup.name ?? 'h', host, undefined, new Redactor(), epoch);
  const all = withHandlers(role, tasks);
  const title = (index: number) => all[index]?.title ?? '?';
  const told: Told[] = [];
  const applying: string[] = [];
  const warnings: string[] = [];
  const lines: string[] = [];
  try {
    const ok = await converge(all, {
      session: () => session,
      role,
      check,
      turns,
      foresight: () => foresight,
      selected,
      progress: {
        applying: (index) => void applying.push(title(index)),
        applied: (index) => void applying.push(`${title(index)} over`),
        warn: (text) => void warnings.push(text),
        line: (index, _stream, line) => void lines.push(`${title(index)}: ${line}`),
        done: (index, outcome) => {
          told.push({ ...outcome, task: title(index) });
          setup.onTold?.(`${title(index)} ${outcome.status}`);
        },
      },
    });
    const summary = told.map(({ task, status }) => `${task} ${status}`);
    return { ok, told, applying, warnings, lines, session, summary };
  } finally {
    await session.close();
  }
}
