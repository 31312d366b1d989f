import type { ExtraVars } from '../inventory/extra-vars.ts';
import type { Vars } from '../inventory/inventory.ts';
import { hasTemplates, isTemplateRefusal } from '../inventory/templates.ts';
import { allVars, type PlannedPlay } from './plan.ts';
import { taskVars } from './play-vars.ts';

/**
 * Finds out whether a play's own tasks read a variable that holds a template, by laying them out: it must not turn out
 * on hosts that an earlier play has changed. Only for hosts that have such variables.
 * @throws PlayError `input` with the place of the template
 */
export function refuseUsedTemplates(plays: readonly PlannedPlay[], extra: ExtraVars): void {
  for (const { play, hosts, views } of plays) {
    for (const host of hosts) {
      const vars = taskVars(play, host, extra) as Vars;
      if (!hasTemplates(allVars(host, extra))) continue;
      for (const tasks of [play.tasks, play.undo]) {
        if (typeof tasks === 'function') refuseRead(() => tasks({ ...views.of(host), vars }));
      }
    }
  }
}

function refuseRead(layOut: () => unknown): void {
  try {
    const laid = layOut();
    // Not what a play may give, which the run says: nothing else must happen here.
    if (laid instanceof Promise) laid.catch(() => {});
  } catch (thrown) {
    if (isTemplateRefusal(thrown)) throw thrown.at({ role: 'tasks' });
    // What else goes wrong is told when the play comes to it.
  }
}
