import type { StepContext } from '../../../lib/index.ts';
import { type Artifact, lookUp } from './cache.ts';
import type { Platform } from './platform.ts';
import { fingerprint, type Recipe } from './recipe.ts';
import { surveyFact } from './survey.ts';

/** What one host is to have, and whether it has it. */
export interface HostPlan {
  readonly host: string;
  readonly recipe: Recipe;
  readonly platform: Platform;
  readonly print: string;
  /** The build is installed there, and whole. */
  readonly installed: boolean;
}

/** Asks every host of the play that wants something built what it has. */
export async function survey<V>(
  context: StepContext<V>,
  recipeOf: (vars: V) => Recipe | undefined,
): Promise<ReadonlyMap<string, HostPlan>> {
  const plans = await Promise.all(
    context.hosts.map(async (host) => {
      const recipe = recipeOf(host.vars);
      if (recipe === undefined) return [];
      const answer = (await context.query([host], surveyFact(recipe))).get(host.name);
      if (answer === undefined) return [];
      const print = fingerprint(recipe, answer.platform);
      const installed = answer.installed.has(print);
      return [{ host: host.name, recipe, platform: answer.platform, print, installed }];
    }),
  );
  return new Map(plans.flat().map((plan) => [plan.host, plan]));
}

/** The plans that want something installed, by fingerprint. */
export function wanting(plans: Iterable<HostPlan>): ReadonlyMap<string, readonly HostPlan[]> {
  const open = new Map<string, HostPlan[]>();
  for (const plan of plans) {
    if (!plan.installed) open.set(plan.print, [...(open.get(plan.print) ?? []), plan]);
  }
  return open;
}

/** The controller's own copy of a build; one that is damaged counts as none. */
export async function kept(
  context: Pick<StepContext<unknown>, 'cacheDir' | 'warn'>,
  print: string,
): Promise<Artifact | undefined> {
  const found = await lookUp(context.cacheDir, print);
  if (found !== 'damaged') return found;
  context.warn(`build ${print} in ${context.cacheDir} is damaged: it is made again`);
  return undefined;
}
