import type { Change } from '../../model/task.ts';
import type { Script } from '../../util/sh.ts';

export type ManagerName = 'apt' | 'dnf' | 'yum';

/** What is wanted, names checked. */
export interface Packages {
  readonly names: readonly string[];
  readonly state: 'present' | 'absent' | 'latest';
  readonly updateCache?: boolean | undefined;
  readonly recommends?: boolean | undefined;
}

export interface PackageState {
  readonly manager: ManagerName;
  /** Version by wanted name, of those that are there; empty for what another package provides. */
  readonly installed: ReadonlyMap<string, string>;
  /** Wanted names whose installation was interrupted. */
  readonly broken: ReadonlySet<string>;
  /** The newest version by wanted name, where it isn't the installed one; asked for `latest` only. */
  readonly newer: ReadonlyMap<string, string>;
  /** The package lists are older than an hour. */
  readonly stale: boolean;
}

/** One way of keeping packages. Its rows are separated by newlines and tell their kind by a first word and `|`. */
export interface Manager {
  probe(want: Packages): Script;
  parse(rows: readonly string[], want: Packages): PackageState;
  apply(want: Packages, changes: readonly Change[], state: PackageState): Script;
}

/** The names among the changes that have to go or come. */
export function changedNames({ names }: Packages, changes: readonly Change[]): readonly string[] {
  const changed = new Set(changes.map(({ what }) => what));
  // Fresh lists may know newer versions than the change says: then all are asked for.
  return changed.has('package lists') ? names : names.filter((name) => changed.has(`package ${name}`));
}
