import type { ExtraVars } from '../inventory/extra-vars.ts';
import type { Play, Playbook } from '../model/play.ts';
import { inputError } from '../util/errors.ts';
import { foresee } from './foresee.ts';
import type { RunOptions } from './options.ts';
import type { PlannedPlay } from './plan.ts';
import { stagesOf } from './stage.ts';
import { TagBook } from './tag-book.ts';

/**
 * Refuses a tag that nothing has, where that is sure without asking hosts; a run tells of the others when it ends.
 * @throws PlayError `input`
 */
export async function refuseUnknownTags(
  playbook: Playbook,
  planned: readonly PlannedPlay[],
  options: RunOptions,
  extra: ExtraVars,
): Promise<void> {
  const tags = new TagBook(options);
  for (const { tags: own = [], roles = [], tasks } of playbook.plays) {
    tags.meet(own);
    for (const role of roles) tags.meet(role.tags);
    if (Array.isArray(tasks)) for (const task of tasks) tags.meet(task.options.tags ?? []);
  }
  if (tags.unmet.length === 0) return;
  // Roles and plays that are left out may have them.
  if ((options.roles ?? []).length > 0) return;
  const left = new Set(planned.map(({ play }) => play));
  if (playbook.plays.some((play) => !left.has(play) && laysOut(play))) return;
  for (const each of planned) {
    for (const stage of stagesOf(each, { options, extra, tags })) {
      const foreseen = await foresee(stage, each, options).catch(() => undefined);
      if (!foreseen?.isSure) return;
      for (const task of foreseen.tasks.flat()) stage.selected(task);
    }
  }
  const [first] = tags.unmet;
  if (first) throw inputError(first.what, { where: { file: first.option }, next: first.next });
}

function laysOut({ roles = [], tasks }: Play): boolean {
  return roles.length > 0 || typeof tasks === 'function';
}
