import {
  check,
  link,
  type RoleHost,
  type StepContext,
  sh,
  type Task,
  type TaskOptions,
} from '../../../lib/index.ts';
import { currentOf, homeOf, type Recipe } from './recipe.ts';
import { surveyFact } from './survey.ts';

/** A program whose builds are looked for. */
type Program = Pick<Recipe, 'root' | 'name'>;

/** The folders of the builds that hosts have, by host; hosts without a program are not asked. */
export async function listInstalled<V>(
  context: StepContext<V>,
  programOf: (host: RoleHost<V>) => Program | undefined,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = await Promise.all(
    context.hosts.map(async (host) => {
      const program = programOf(host);
      if (program === undefined) return [];
      const answer = (await context.query([host], surveyFact(program))).get(host.name);
      return answer ? [[host.name, answer.folders] as const] : [];
    }),
  );
  return new Map(found.flat());
}

/** Links one of the builds that are there; fails when none or several are meant. */
export function installedTasks(
  program: Program & { readonly folder: string },
  folders: readonly string[],
  options: TaskOptions,
): readonly Task[] {
  const { folder } = program;
  const meant = folders.filter((name) => name === folder || name.startsWith(`${folder}-`));
  const [only] = meant;
  if (only !== undefined && meant.length === 1) {
    return [link({ path: currentOf(program), to: only }, options)];
  }
  const why =
    meant.length > 1
      ? `there are several: ${meant.join(', ')}`
      : `there ${folders.length === 0 ? 'is none' : `are only ${folders.join(', ')}`} in ${homeOf(program)}`;
  return [
    check(
      { that: `one build ${folder} of ${program.name} is installed`, probe: sh`:`, holds: () => why },
      { tags: options.tags ?? [] },
    ),
  ];
}
