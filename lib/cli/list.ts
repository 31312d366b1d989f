import { noExtraVars } from '../inventory/extra-vars.ts';
import type { ParametricPlaybook, Playbook } from '../play.ts';
import { makePlaybook } from '../run/make.ts';
import type { RunOptions } from '../run/options.ts';
import {
  allVars,
  groupHosts,
  knownHost,
  type PlannedPlay,
  type PlannedRole,
  plan,
  roleHost,
} from '../run/plan.ts';
import { asTasks } from '../run/well-formed.ts';

/** `--list-hosts`: the hosts of each play, as a run would take them. */
export async function listHosts(
  playbook: Playbook | ParametricPlaybook,
  options: RunOptions,
): Promise<string> {
  return (await planned(playbook, options))
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
  options: RunOptions,
): Promise<string> {
  const texts = await Promise.all(
    (await planned(playbook, options)).map(async (planned) => {
      const roles = await Promise.all(planned.roles.map((role) => roleTasks(planned, role, options)));
      return [
        `play ${planned.name} (${planned.play.hosts})`,
        ...roles.flat(),
        ...ownTasks(planned, options),
      ].join('\n');
    }),
  );
  return texts.join('\n');
}

async function planned(
  asked: Playbook | ParametricPlaybook,
  askedOptions: RunOptions,
): Promise<readonly PlannedPlay[]> {
  const { playbook, options } = await makePlaybook(asked, askedOptions);
  return plan(playbook, options.inventory, options.extraVars ?? noExtraVars, {
    ...options,
    designOnly: true,
  });
}

async function roleTasks(
  { hosts, allHosts }: PlannedPlay,
  { use, vars }: PlannedRole,
  options: RunOptions,
): Promise<string[]> {
  const lines = [`  role ${use.name}`];
  const roleHosts = hosts.map((host) => roleHost(host, vars.get(host.name) ?? {}));
  for (const step of use.steps) {
    try {
      const layout = await step({
        hosts: roleHosts,
        playHosts: allHosts,
        check: true,
        cacheDir: options.cacheDir ?? '',
        group: (name) => groupHosts(options.inventory, name),
        query: async () => new Map(),
        download: async () => {
          throw new Error('nothing is downloaded to list tasks');
        },
        warn: () => {},
        report: () => {},
      });
      lines.push(...titles(roleHosts.map((host) => layout(host).map(({ title }) => title))));
    } catch {
      // A step that can't be laid out without its hosts' answers says so instead of guessing.
      lines.push('    (more tasks, laid out from what the hosts answer)');
    }
  }
  return lines;
}

function ownTasks({ name, play, hosts }: PlannedPlay, options: RunOptions): string[] {
  const { tasks } = play;
  if (tasks === undefined || (options.roles ?? []).length > 0) return [];
  const extra = options.extraVars ?? noExtraVars;
  const perHost = hosts.map((host) =>
    asTasks(
      typeof tasks === 'function' ? tasks({ ...knownHost(host), vars: allVars(host, extra) }) : tasks,
      `tasks of play "${name}"`,
    ).map(({ title }) => title),
  );
  return ['  tasks', ...titles(perHost)];
}

/** Each title once, in order of first appearance. */
function titles(perHost: readonly (readonly string[])[]): string[] {
  return [...new Set(perHost.flat())].map((title) => `    ${title}`);
}
