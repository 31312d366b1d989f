import { defineFact, type JointProbe, type Reply } from '../model/fact.ts';
import { type Change, defineTask, type TaskType } from '../model/task.ts';
import { type Script, sh } from '../util/sh.ts';
import { apt } from './package-managers/apt.ts';
import type { ManagerName, PackageState, Packages } from './package-managers/manager.ts';
import { rpm } from './package-managers/rpm.ts';
import { PACKAGE, validateName } from './support/names.ts';

/** Packages of the host's own manager: apt, dnf or yum. */
export interface PackageWant {
  /** As the manager knows them; something that another package provides counts as installed. */
  readonly names: string | readonly string[];
  /** `latest` is the newest in the host's package lists. Default `present`. */
  readonly state?: 'present' | 'absent' | 'latest' | undefined;
  /** Which manager the host must have; found out when left out. */
  readonly manager?: ManagerName | undefined;
  /** Refresh the package lists before installing; with `latest` also when they are older than an hour. */
  readonly updateCache?: boolean | undefined;
  /** Install what the packages recommend as well. Default: as the manager is set up. */
  readonly recommends?: boolean | undefined;
}

export const packageType: TaskType<PackageWant, PackageState> = {
  name: 'package',
  title: (want) =>
    `package ${namesOf(want).join(', ')}${want.state && want.state !== 'present' ? ` ${want.state}` : ''}`,
  claims: (want) =>
    Object.fromEntries(namesOf(want).map((name) => [`package ${name}`, want.state ?? 'present'])),
  validate(want) {
    const names = namesOf(want);
    if (names.length === 0) throw new Error('package needs at least one name');
    for (const name of names) validateName('package', name, PACKAGE);
  },
  fact: (want) =>
    defineFact({
      name: `packages ${namesOf(want).join(', ')}`,
      script: probe(want),
      joint:
        (want.state ?? 'present') === 'present'
          ? { probe: joint(want.manager), item: namesOf(want) }
          : undefined,
      parse: (reply) => parse(reply, want),
    }),
  diff,
  apply(want, changes, state) {
    return (state.manager === 'apt' ? apt : rpm(state.manager)).apply(packagesOf(want), changes, state);
  },
};

/** Packages of apt, dnf or yum; all missing ones are installed in one call. */
export const packages = defineTask(packageType);

function namesOf({ names }: PackageWant): readonly string[] {
  return typeof names === 'string' ? [names] : names;
}

function packagesOf(want: PackageWant): Packages {
  return { ...want, names: namesOf(want), state: want.state ?? 'present' };
}

function probe(want: PackageWant): Script {
  const names: readonly ManagerName[] = want.manager ? [want.manager] : ['apt', 'dnf', 'yum'];
  const branches = names.map((name) => {
    const tool = name === 'apt' ? 'apt-get' : name;
    const manager = name === 'apt' ? apt : rpm(name);
    return sh`if command -v ${tool} >/dev/null 2>&1; then
echo ${`manager|${name}`}
${manager.probe(packagesOf(want))}
el`;
  });
  // Each branch ends in `el`, which the next one's `if`, or the last `se`, completes.
  return sh`${branches.reduce((all, branch) => sh`${all}${branch}`)}se echo 'manager|none'; fi`;
}

/** Asks for all names at once; each task finds its own in the answer. */
function joint(manager: ManagerName | undefined): JointProbe {
  return {
    name: `packages ${manager ?? ''}`,
    script: (items) => probe({ names: [...new Set(items.flat())], ...(manager ? { manager } : {}) }),
    split: (reply, items) => items.map(() => reply),
  };
}

function parse({ stdout }: Reply, want: PackageWant): PackageState {
  const [first = '', ...rows] = stdout.split('\n');
  const manager = /^manager\|(apt|dnf|yum)$/.exec(first)?.[1] as ManagerName | undefined;
  if (!manager)
    throw new Error(`the host has no ${want.manager ?? 'apt-get, dnf or yum'} to manage packages with`);
  return (manager === 'apt' ? apt : rpm(manager)).parse(rows, packagesOf(want));
}

function diff({ installed, broken, newer, stale }: PackageState, want: PackageWant): readonly Change[] {
  const changes: Change[] = [];
  if (want.updateCache && want.state === 'latest' && stale)
    changes.push({ what: 'package lists', from: 'old', to: 'fresh' });
  for (const name of namesOf(want)) {
    const version = installed.get(name);
    const what = `package ${name}`;
    if (want.state === 'absent') {
      if (version !== undefined || broken.has(name))
        changes.push({ what, from: version || 'half installed', to: 'absent' });
    } else if (version === undefined) {
      changes.push({ what, from: broken.has(name) ? 'half installed' : 'absent', to: 'present' });
    } else if (want.state === 'latest' && newer.has(name)) {
      changes.push({ what, from: version, to: newer.get(name) });
    }
  }
  return changes;
}
