import type { Task } from '../model/task.ts';
import type { RunOptions } from './options.ts';
import type { PlannedPlay } from './plan.ts';
import type { Stage } from './stage.ts';

/** What a stage lays out for each host as long as no host answers. */
export interface Foreseen {
  readonly tasks: readonly (readonly Task[])[];
  /** Whether that is what a run lays out: it asks the hosts nothing. */
  readonly isSure: boolean;
}

/** Lays out a stage without contacting a host. @throws what the stage throws when it can't do without answers */
export async function foresee(
  stage: Stage,
  { hosts, allHosts, views }: PlannedPlay,
  options: Pick<RunOptions, 'cacheDir'>,
): Promise<Foreseen> {
  let asked = false;
  const layout = await stage.step({
    hosts: hosts.map((host) => views.withVars(host, stage.vars(host))),
    playHosts: allHosts,
    check: true,
    cacheDir: options.cacheDir ?? '',
    group: (name) => views.group(name),
    query: async () => {
      asked = true;
      return new Map();
    },
    download: async () => {
      throw new Error('nothing is downloaded without a run');
    },
    warn: () => {},
    report: () => {},
  });
  const tasks = hosts.map((host) => stage.layOut(host, layout, hosts[0]?.name));
  return { tasks, isSure: !asked };
}
