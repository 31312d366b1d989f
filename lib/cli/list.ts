import { type ExtraVars, noExtraVars } from '../inventory/extra-vars.ts';
import type { Warn } from '../inventory/patterns.ts';
import type { ParametricPlaybook, Playbook } from '../model/play.ts';
import type { Task } from '../model/task.ts';
import { foresee } from '../run/foresee.ts';
import { makePlaybook } from '../run/make.ts';
import type { RunOptions } from '../run/options.ts';
import { type PlannedPlay, plan } from '../run/plan.ts';
import { stagesOf } from '../run/stage.ts';
import { TagBook } from '../run/tag-book.ts';
import { refuseUnknownTags } from '../run/unknown-tags.ts';

/** `--list-hosts`: the hosts of each play, as a run would take them. */
export async function listHosts(
  playbook: Playbook | ParametricPlaybook,
  options: RunOptions,
  warn: Warn,
): Promise<string> {
  const { plays } = await planned(playbook, options, warn);
  return plays
    .map(({ name, play, hosts }) =>
      [`play ${name} (${play.hosts}): ${hosts.length} hosts`, ...hosts.map((host) => `  ${host.name}`)].join(
        '\n',
      ),
    )
    .join('\n');
}

/** `--list-tasks`: what can be told of each play's tasks without asking a host. */
export async function listTasks(
  playbook: Playbook | ParametricPlaybook,
  askedOptions: RunOptions,
  warn: Warn,
): Promise<string> {
  const { plays, options, extra } = await planned(playbook, askedOptions, warn);
  const texts = await Promise.all(
    plays.map(async (play) =>
      [`play ${play.name} (${play.play.hosts})`, ...(await tasksOf(play, options, extra))].join('\n'),
    ),
  );
  return texts.join('\n');
}

interface Planned {
  readonly plays: readonly PlannedPlay[];
  readonly options: RunOptions;
  readonly extra: ExtraVars;
}

async function planned(
  asked: Playbook | ParametricPlaybook,
  askedOptions: RunOptions,
  warn: Warn,
): Promise<Planned> {
  const { playbook, options } = await makePlaybook(asked, askedOptions);
  const extra = options.extraVars ?? noExtraVars;
  const plays = plan(playbook, options.inventory, extra, { ...options, designOnly: true }, warn);
  await refuseUnknownTags(playbook, plays, options, extra);
  return { plays, options, extra };
}

async function tasksOf(play: PlannedPlay, options: RunOptions, extra: ExtraVars): Promise<readonly string[]> {
  const lines: string[] = [];
  let begun = false;
  for (const stage of stagesOf(play, { options, extra, tags: new TagBook(options) })) {
    const isOwn = stage.role === 'tasks';
    if (!begun) lines.push(isOwn ? '  tasks' : `  role ${stage.role}`);
    begun = !stage.last;
    try {
      const { tasks } = await foresee(stage, play, options);
      lines.push(
        ...titles(
          tasks.map((own) =>
            own
              .filter(stage.selected)
              .filter(isListed)
              .map(({ title }) => title),
          ),
        ),
      );
    } catch (thrown) {
      if (isOwn) throw thrown;
      // A step that can't be laid out without its hosts' answers says so instead of guessing.
      lines.push('    (more tasks, laid out from what the hosts answer)');
    }
  }
  return lines;
}

/** Handlers only run when something changes. */
function isListed({ type }: Task): boolean {
  return type !== 'handler';
}

/** Each title once, in order of first appearance. */
function titles(perHost: readonly (readonly string[])[]): string[] {
  return [...new Set(perHost.flat())].map((title) => `    ${title}`);
}
