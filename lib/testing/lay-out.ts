import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  CheckedVars,
  Inventory,
  Reply,
  Report,
  RoleHost,
  RoleUse,
  Script,
  StepContext,
  Task,
} from '../index.ts';
import { noExtraVars } from '../inventory/extra-vars.ts';
import { Handoffs, handoffContext } from '../run/handoffs.ts';
import { plan } from '../run/plan.ts';

/** What a host answers when a step asks for a fact: stdout, a whole reply, or `null` when it can't answer. */
export type FactAnswer = string | Partial<Reply> | null;

/** How {@link layOut} plays a role. */
export interface LayOutOptions {
  readonly inventory: Inventory;
  /** A pattern: the hosts of the play. Default `all`. */
  readonly hosts?: string;
  /** What a host answers. Without it, a step that asks is an error; so is `undefined`, for an answer that is not recorded. */
  answer?(host: string, fact: { readonly name: string; readonly script: Script }): FactAnswer | undefined;
}

/** What a role does, as far as it can be known without hosts. */
export interface LaidOut {
  /** Each host's tasks, in order, over all steps. */
  readonly tasks: Readonly<Record<string, readonly Task[]>>;
  /** Their titles. */
  readonly titles: Readonly<Record<string, readonly string[]>>;
  readonly warnings: readonly string[];
  readonly reports: readonly Report[];
}

/**
 * Checks a role's variables, runs its steps over recorded answers and collects the tasks. Nothing is connected to, and no
 * task is done: every step sees what `answer` says, whatever the steps before it would have changed.
 * @throws PlayError `input` for what a run would refuse before any contact; Error for an answer that is not recorded
 */
export async function layOut(use: RoleUse, options: LayOutOptions): Promise<LaidOut> {
  const { inventory, hosts: pattern = 'all' } = options;
  const warnings: string[] = [];
  const reports: Report[] = [];
  const playbook = { plays: [{ name: use.name, hosts: pattern, roles: [use] }] };
  const [play] = plan(playbook, inventory, noExtraVars, {}, (text) => void warnings.push(text));
  const [role] = play?.roles ?? [];
  if (play === undefined || role === undefined) throw new Error(`the play of ${use.name} has no hosts`);
  let hosts: readonly RoleHost<CheckedVars>[] = play.hosts.map((host) =>
    play.views.withVars(host, role.vars.get(host.name) ?? {}),
  );
  const context: StepContext<CheckedVars> = {
    get hosts() {
      return hosts;
    },
    playHosts: play.allHosts,
    check: false,
    cacheDir: join(tmpdir(), 'ts-play-testing'),
    group: (name) => play.views.group(name),
    async query(asked, fact) {
      const answers = asked.flatMap(({ name }) => {
        const reply = replyOf(name, fact, options);
        return reply === null ? [] : [[name, fact.parse(reply)] as const];
      });
      const silent = new Set(
        asked.map(({ name }) => name).filter((name) => !answers.some(([known]) => known === name)),
      );
      // As in a run: a host of the play that can't answer leaves it.
      hosts = hosts.filter(({ name }) => !silent.has(name));
      return new Map(answers);
    },
    download: async (_host, path) => {
      throw new Error(`layOut has no host to download ${path} from`);
    },
    warn: (text) => void warnings.push(text),
    report: (report) => void reports.push(report),
    ...handoffContext(new Handoffs().forPlay()),
  };
  const tasks = new Map<string, Task[]>(hosts.map(({ name }) => [name, []]));
  for (const step of use.steps) {
    const layout = await step(context);
    for (const host of hosts) tasks.get(host.name)?.push(...layout(host));
  }
  return {
    tasks: Object.fromEntries(tasks),
    titles: Object.fromEntries([...tasks].map(([name, own]) => [name, own.map(({ title }) => title)])),
    warnings,
    reports,
  };
}

function replyOf(
  host: string,
  fact: { readonly name: string; readonly script: Script },
  { answer }: LayOutOptions,
): Reply | null {
  const given = answer?.(host, fact);
  if (given === undefined)
    throw new Error(`no answer of ${host} is recorded for "${fact.name}": ${fact.script}`);
  if (given === null) return null;
  return { code: 0, stdout: '', stderr: '', ...(typeof given === 'string' ? { stdout: given } : given) };
}
