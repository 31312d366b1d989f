import type { Change } from '../../model/task.ts';
import { lines, type Script, sh } from '../../util/sh.ts';
import { changedNames, type Manager, type PackageState, type Packages } from './manager.ts';

/** dnf, or yum where there is no dnf yet; rpm's database is the truth. */
export function rpm(manager: 'dnf' | 'yum'): Manager {
  return {
    probe: (want) => probe(manager, want),
    parse: (rows, want) => parse(manager, rows, want),
    apply: (want, changes) => apply(manager, want, changes),
  };
}

function probe(manager: string, { names, state }: Packages): Script {
  return lines(
    sh`if ! rpm -q --qf 'rpm|%{NAME}|%{ARCH}|%{VERSION}-%{RELEASE}\n' ${names} 2>/dev/null; then`,
    state === 'absent'
      ? sh`:`
      : sh`  for name in ${names}; do
    if rpm -q --whatprovides "$name" >/dev/null 2>&1; then printf 'provided|%s\n' "$name"; fi
  done`,
    sh`fi`,
    state === 'latest' && sh`${manager} -q check-update ${names} 2>/dev/null </dev/null | sed 's/^/update|/'`,
  );
}

function parse(manager: 'dnf' | 'yum', rows: readonly string[], { names }: Packages): PackageState {
  const installed = new Map<string, string>();
  const newer = new Map<string, string>();
  const wanted = (name: string, arch: string) =>
    names.filter((each) => each === name || each === `${name}.${arch}`);
  for (const row of rows) {
    const [kind, name = '', arch = '', version = ''] = row.split('|');
    if (kind === 'rpm') for (const each of wanted(name, arch)) installed.set(each, version);
    if (kind === 'provided' && names.includes(name) && !installed.has(name)) installed.set(name, '');
    const update = kind === 'update' ? /^(\S+)\.([^.\s]+)\s+(\S+)\s+\S+$/.exec(name) : undefined;
    if (update) for (const each of wanted(update[1] ?? '', update[2] ?? '')) newer.set(each, update[3] ?? '');
  }
  return { manager, installed, broken: new Set(), newer, stale: false };
}

function apply(manager: string, want: Packages, changes: readonly Change[]): Script {
  const names = changedNames(want, changes);
  if (want.state === 'absent') return sh`${manager} -y remove ${names} </dev/null`;
  // yum of old knows no weak dependencies.
  const weak =
    want.recommends === undefined || manager === 'yum'
      ? []
      : [`--setopt=install_weak_deps=${want.recommends ? 'True' : 'False'}`];
  const missing = names.filter((name) =>
    changes.some(({ what, to }) => what === `package ${name}` && to === 'present'),
  );
  const old = names.filter((name) => !missing.includes(name));
  return lines(
    want.updateCache && sh`${manager} -y makecache </dev/null`,
    missing.length > 0 && sh`${manager} ${['-y', ...weak, 'install', ...missing]} </dev/null`,
    old.length > 0 && sh`${manager} -y upgrade ${old} </dev/null`,
  );
}
