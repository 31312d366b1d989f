import { noExtraVars, withExtraVars } from '../inventory/extra-vars.ts';
import { limitHosts } from '../inventory/patterns.ts';
import { type Finding, type Spot, settled } from '../model/finding.ts';
import type { ParametricPlaybook, Playbook } from '../model/play.ts';
import type { CheckedVars, LintContext, LintUse, RoleUse } from '../model/role.ts';
import { makePlaybook } from '../run/make.ts';
import type { RunOptions } from '../run/options.ts';
import { type PlannedPlay, plan } from '../run/plan.ts';
import { inputError } from '../util/errors.ts';

/** A subset of the options of a run. */
export type LintOptions = Pick<RunOptions, 'inventory' | 'extraVars' | 'limit' | 'playbookName'>;

/**
 * Checks a playbook's design with the linters of its roles. Contacts no host and writes nothing.
 * Always checks the whole playbook; a limit only filters the findings by their hosts.
 * @throws PlayError `input` for everything that a run would refuse
 */
export async function lintPlaybook(
  given: Playbook | ParametricPlaybook,
  { limit, ...givenOptions }: LintOptions,
): Promise<readonly Finding[]> {
  const { playbook, options } = await makePlaybook(given, { ...givenOptions, write: false });
  const extra = options.extraVars ?? noExtraVars;
  const inventory = withExtraVars(options.inventory, extra.vars);
  const plays = plan(playbook, inventory, extra, { designOnly: true });
  const at = (host: string, variable: string): Spot => ({
    hosts: [host],
    variable,
    where: plays[0]?.views.place(host, variable, options.playbookName ?? 'the playbook') ?? {},
  });
  const uses = usesOf(plays, at);
  const context: LintContext = {
    group: (name) => plays[0]?.views.group(name) ?? [],
    at,
    uses: (role) => uses.filter(({ use }) => use.name === role).map(({ seen }) => seen),
  };
  const roles = new Map(uses.map(({ use }) => [use.name, use]));
  const findings = settled([...roles.values()].flatMap((use) => lintRole(use, context)));
  if (limit === undefined) return findings;
  const kept = new Set(limitHosts([...inventory.hosts.keys()], limit, inventory));
  return findings.filter(({ hosts }) => hosts.length === 0 || hosts.some((host) => kept.has(host)));
}

interface Used {
  readonly use: RoleUse;
  readonly seen: LintUse<CheckedVars>;
}

function usesOf(plays: readonly PlannedPlay[], at: LintContext['at']): readonly Used[] {
  return plays.flatMap(({ name, hosts, roles, views }) =>
    roles.map(({ use, vars }) => ({
      use,
      seen: {
        play: name,
        hosts: hosts.map((host) => views.withVars(host, vars.get(host.name) ?? {})),
        at,
      },
    })),
  );
}

function lintRole(use: RoleUse, context: LintContext): readonly Finding[] {
  try {
    return use.lint?.(context.uses(use.name), context) ?? [];
  } catch (thrown) {
    throw inputError(`the linter of the role ${use.name} failed`, {
      where: { role: use.name },
      why: thrown instanceof Error ? thrown.message : String(thrown),
      cause: thrown,
    });
  }
}
