import type { Task } from '../model/task.ts';
import { nothingReceived } from './handoffs.ts';
import type { RunOptions } from './options.ts';
import type { PlannedPlay } from './plan.ts';
import type { Stage } from './stage.ts';
import { type StepMode, stepContext } from './step-context.ts';

/** What a stage lays out for each host as long as no host answers. */
export interface Foreseen {
  readonly tasks: readonly (readonly Task[])[];
  /** Whether that is what a run lays out: it asks the hosts nothing, and needs nothing that other steps hand on. */
  readonly isSure: boolean;
}

/** Lays out a stage without contacting a host. @throws what the stage throws when it can't do without answers */
export async function foresee(
  stage: Stage,
  { hosts, allHosts, views }: PlannedPlay,
  options: Pick<RunOptions, 'cacheDir'>,
): Promise<Foreseen> {
  let isSure = true;
  const own = hosts.map((host) => views.withVars(host, stage.vars(host)));
  const view = {
    hosts: () => own,
    playHosts: allHosts,
    check: true,
    cacheDir: options.cacheDir ?? '',
    group: (name: string) => views.group(name),
  };
  const mode = listMode(() => {
    isSure = false;
  });
  const layout = await stage.step(stepContext(view, mode));
  const tasks = hosts.map((host) => stage.layOut(host, layout, hosts[0]?.name));
  return { tasks, isSure };
}

/** A step whose tasks are only listed: no host answers, and no other step has handed on anything. */
function listMode(onAsked: () => void): StepMode {
  return {
    query: async () => {
      onAsked();
      return new Map();
    },
    download: async () => {
      throw new Error('nothing is downloaded without a run');
    },
    handOff: () => {},
    received: async (handoff, otherwise) => {
      onAsked();
      if (otherwise === undefined) throw nothingReceived(handoff);
      return otherwise();
    },
    warn: () => {},
    report: () => {},
  };
}
