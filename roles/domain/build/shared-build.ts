import {
  defineHandoff,
  type Layout,
  link,
  PlayError,
  packages,
  type RoleHost,
  type StepContext,
  type Task,
  type TaskOptions,
} from '../../../lib/index.ts';
import { build } from './build.ts';
import { type Builder, chooseBuilder } from './builder.ts';
import { type Artifact, cachePath, keep } from './cache.ts';
import { install } from './install.ts';
import { type HostPlan, kept, survey, wanting } from './plan.ts';
import { platformLabel } from './platform.ts';
import { artifactPath, currentOf, folderName, type Recipe } from './recipe.ts';
import { artifactFact } from './survey.ts';

/** What a play finds out in its first step, for the second. */
interface Findings {
  readonly plans: ReadonlyMap<string, HostPlan>;
  /** Who makes which build. */
  readonly builders: ReadonlyMap<string, Builder>;
}

/** Lays out what puts a program in place on one host. */
export type InstallLayout<V> = (host: RoleHost<V>, options?: TaskOptions) => readonly Task[];

/** The two halves of a build that is made once per platform and flags, and shared. */
export interface SharedBuild<V> {
  /** First step: one host of each platform makes what neither it nor the controller has. */
  make(context: StepContext<V>): Promise<Layout<V>>;
  /**
   * For the next step: gets what was made to the controller, and lays out what installs it. `options` go to the
   * task that changes the version in use.
   */
  install(context: StepContext<V>): Promise<InstallLayout<V>>;
}

/**
 * @param program its name, as in `haproxy`
 * @param recipeOf what a host's variables ask for; undefined where nothing is to be built
 */
export function sharedBuild<V>(program: string, recipeOf: (vars: V) => Recipe | undefined): SharedBuild<V> {
  const findings = defineHandoff<Findings>({
    name: `builds of ${program}`,
    from: `the step that builds ${program}`,
    scope: 'play',
  });
  return {
    async make(context) {
      const plans = await survey(context, recipeOf);
      const builders = await chooseBuilders(context, plans);
      context.handOff(findings, { plans, builders });
      return ({ name }) => {
        const plan = plans.get(name);
        return plan ? buildTasks(plan, builders.get(plan.print)) : [];
      };
    },
    async install(context) {
      const { plans, builders } = await context.received(findings, async () => ({
        plans: await survey(context, recipeOf),
        builders: new Map(),
      }));
      const artifacts = await collect(context, plans, builders);
      return ({ name }, options) => {
        const plan = plans.get(name);
        if (plan === undefined) throw new PlayError({ kind: 'failed', what: `${name} was not asked` });
        return installTasks(plan, builders.get(plan.print), artifacts.get(plan.print), options);
      };
    },
  };
}

async function chooseBuilders<V>(
  context: StepContext<V>,
  plans: ReadonlyMap<string, HostPlan>,
): Promise<ReadonlyMap<string, Builder>> {
  const builders = new Map<string, Builder>();
  for (const print of wanting(plans.values()).keys()) {
    if (await kept(context, print)) continue;
    const able = [...plans.values()].filter((plan) => plan.print === print);
    const hosts = able.map(({ host }) => ({ name: host }));
    const archives = await context.query(hosts, artifactFact(print));
    const builder = chooseBuilder(
      able
        .filter(({ host }) => archives.has(host))
        .map(({ host, installed }) => ({
          name: host,
          installed,
          artifact: archives.get(host) !== undefined,
        })),
    );
    if (builder) builders.set(print, builder);
  }
  return builders;
}

/** The builder's tasks; nobody else has any. */
function buildTasks(plan: HostPlan, builder: Builder | undefined): readonly Task[] {
  const { host, recipe, platform, print } = plan;
  if (builder === undefined || builder.host !== host || builder.how === 'ready') return [];
  const { how } = builder;
  const make = build({ recipe, print, how }, { timeLimit: 1800, tags: ['build'] });
  if (how === 'pack') return [make];
  const { build: tools, runtime } = recipe.needs(platform);
  // With what it needs to run: a compiler's packages would bring it along, and the next step would find it there.
  const names = [...new Set([...tools, ...runtime])];
  return [packages({ names }, { title: `packages to build ${recipe.name}`, tags: ['build'] }), make];
}

/** Gets every build that some host wants to the controller. Its archive, or the reason why there is none. */
async function collect<V>(
  context: StepContext<V>,
  plans: ReadonlyMap<string, HostPlan>,
  builders: ReadonlyMap<string, Builder>,
): Promise<ReadonlyMap<string, Artifact | string>> {
  const artifacts = new Map<string, Artifact | string>();
  for (const [print, [plan]] of wanting(plans.values())) {
    const own = await kept({ cacheDir: context.cacheDir, warn: () => {} }, print);
    if (own) artifacts.set(print, own);
    else if (plan && !context.check)
      artifacts.set(print, await fetchFrom(context, plan, builders.get(print)));
  }
  return artifacts;
}

async function fetchFrom<V>(
  context: StepContext<V>,
  { recipe, platform, print }: HostPlan,
  builder: Builder | undefined,
): Promise<Artifact | string> {
  if (builder === undefined) return 'no host of its platform could build it';
  const { host } = builder;
  if (!context.hosts.some(({ name }) => name === host)) return `${host} was to build it and failed`;
  const noted = (await context.query([{ name: host }], artifactFact(print))).get(host);
  if (noted === undefined) return `${host} was to build it, and has no archive of it`;
  try {
    const sha256 = await context.download(
      { name: host },
      artifactPath(print),
      cachePath(context.cacheDir, print),
    );
    if (sha256 !== noted) return `its archive changed on the way from ${host}: run again`;
    const { name, version } = recipe;
    return await keep(context.cacheDir, print, { name, version, platform: platformLabel(platform), sha256 });
  } catch (thrown) {
    if (thrown instanceof PlayError && thrown.kind === 'aborted') throw thrown;
    return `it could not be copied from ${host}: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

function installTasks(
  plan: HostPlan,
  builder: Builder | undefined,
  artifact: Artifact | string | undefined,
  options: TaskOptions = {},
): readonly Task[] {
  const { host, recipe, platform, print } = plan;
  const { runtime } = recipe.needs(platform);
  const compiledHere = builder?.how === 'compile' && builder.host === host;
  const tags = ['install', ...(options.tags ?? [])];
  return [
    ...(compiledHere || runtime.length === 0
      ? []
      : [packages({ names: runtime }, { title: `libraries of ${recipe.name}`, tags })]),
    install({ recipe, print, artifact: artifact ?? 'none was made yet' }, { ...options, tags }),
    link({ path: currentOf(recipe), to: folderName(recipe, print) }, { ...options, tags }),
  ];
}
