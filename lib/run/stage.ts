import type { InventoryHost, Vars } from '../inventory/inventory.ts';
import type { CheckedVars, Layout, StepContext } from '../model/role.ts';
import type { Task } from '../model/task.ts';
import { withHandlers } from './converge.ts';
import type { PlannedPlay } from './plan.ts';
import { taskVars } from './play-vars.ts';
import type { Running } from './running.ts';
import { asLayout, asTasks } from './well-formed.ts';

/** One step of one role as a play goes through it, or the play's own tasks. */
export interface Stage {
  readonly role: string;
  /** Whether it is its role's last. */
  readonly last: boolean;
  vars(host: InventoryHost): CheckedVars;
  /** @throws PlayError `failed` when what comes of it lays out no tasks */
  step(context: StepContext<CheckedVars>): Promise<Layout<CheckedVars>>;
  /** A host's tasks, with the handlers they notify behind them; those that are there once only where `host` is `first`. */
  layOut(host: InventoryHost, layout: Layout<CheckedVars>, first: string | undefined): readonly Task[];
  /** False for a task that tags leave out. */
  readonly selected: (task: Task) => boolean;
}

/** All that a play goes through, in order. */
export function stagesOf(
  { name: playName, play, roles, hosts, views }: PlannedPlay,
  { options, extra, tags }: Pick<Running, 'options' | 'extra' | 'tags'>,
): readonly Stage[] {
  const stages = roles.flatMap(({ use, vars }) =>
    use.steps.map((step, index) =>
      stageOf({
        role: use.name,
        views,
        title: `step ${index + 1} of role ${use.name} in play "${playName}"`,
        last: index === use.steps.length - 1,
        vars: (host) => vars.get(host.name) ?? {},
        step,
        selected: tags.selectedBy([...(play.tags ?? []), ...use.tags]),
      }),
    ),
  );
  const { tasks } = play;
  // Asked for some roles only, a play's own tasks are no part of them.
  if (tasks === undefined || (options.roles ?? []).length > 0) return stages;
  const varsOf = (name: string) => {
    const host = hosts.find((each) => each.name === name);
    return host === undefined ? {} : taskVars(play, host, extra);
  };
  const layout: Layout<CheckedVars> = (host) =>
    typeof tasks === 'function' ? tasks({ ...host, vars: varsOf(host.name) as Vars }) : tasks;
  const own = stageOf({
    role: 'tasks',
    views,
    title: `tasks of play "${playName}"`,
    last: true,
    vars: () => ({}),
    step: () => layout,
    selected: tags.selectedBy(play.tags ?? []),
  });
  return [...stages, own];
}

interface Source extends Pick<Stage, 'role' | 'last' | 'vars' | 'selected'> {
  /** What to call it in errors. */
  readonly title: string;
  readonly views: PlannedPlay['views'];
  step(context: StepContext<CheckedVars>): unknown;
}

function stageOf({ title, step, views, ...rest }: Source): Stage {
  return {
    ...rest,
    step: async (context) => asLayout(await step(context), title),
    layOut(host, layout, first) {
      const tasks = asTasks(layout(views.withVars(host, rest.vars(host))), title);
      return withHandlers(
        rest.role,
        tasks.filter(({ options }) => !options.once || host.name === first),
      );
    },
  };
}
