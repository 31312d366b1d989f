import type { Change } from '../../model/task.ts';
import { lines, type Script, sh } from '../../util/sh.ts';
import { changedNames, type Manager, type PackageState, type Packages } from './manager.ts';

/** apt and dpkg. Uses no cache of its own: dpkg's status is the truth. */
export const apt: Manager = { probe, parse, apply };

function probe({ names, state, updateCache }: Packages): Script {
  return lines(
    sh`found=$(dpkg-query -W -f '\${Package}|\${Architecture}|\${db:Status-Status}|\${db:Status-Eflag}|\${Version}|dpkg\n' ${names} 2>/dev/null)
printf '%s\n' "$found"`,
    // Only when a name isn't there itself is everything asked for what it provides.
    state !== 'absent' &&
      sh`missing= rows="
$found"
for name in ${names}; do
  row=\${rows#*"
\${name%%:*}|"}
  case \${row%%"
"*} in *"|installed|ok|"*) ;; *) missing=1 ;; esac
done
if [ -n "$missing" ]; then
  dpkg-query -W -f 'provides|\${db:Status-Status}|\${Provides}\n' | grep -F ${names.flatMap((name) => ['-e', name])}
fi`,
    state === 'latest' && sh`apt-cache policy ${names} 2>/dev/null </dev/null`,
    state === 'latest' &&
      updateCache &&
      sh`if [ -z "$(find /var/lib/apt/lists -maxdepth 0 -mmin -60 2>/dev/null)" ]; then echo 'lists|stale'; fi`,
  );
}

function parse(rows: readonly string[], { names }: Packages): PackageState {
  const installed = new Map<string, string>();
  const broken = new Set<string>();
  const newer = new Map<string, string>();
  const wanted = (name: string, arch: string) =>
    names.filter((each) => each === name || each === `${name}:${arch}`);
  let block = '';
  let current = '';
  for (const row of rows) {
    const [name = '', arch = '', status = '', flag = '', version = '', end] = row.split('|');
    if (end === 'dpkg') {
      for (const each of wanted(name, arch)) {
        if (status === 'installed' && flag === 'ok') installed.set(each, version);
        else if (!/^(not-installed|config-files)$/.test(status)) broken.add(each);
      }
      continue;
    }
    if (name === 'provides' && arch === 'installed') {
      for (const given of status.split(',').map((text) => text.trim().replace(/[\s:(].*$/, ''))) {
        for (const each of wanted(given, '')) if (!installed.has(each)) installed.set(each, '');
      }
      continue;
    }
    block = /^(\S+):$/.exec(row)?.[1] ?? block;
    current = /^ {2}Installed: (.*)$/.exec(row)?.[1] ?? current;
    const candidate = /^ {2}Candidate: (.*)$/.exec(row)?.[1];
    if (candidate && candidate !== current && candidate !== '(none)' && installed.get(block))
      newer.set(block, candidate);
  }
  for (const name of installed.keys()) broken.delete(name);
  return { manager: 'apt', installed, broken, newer, stale: rows.includes('lists|stale') };
}

function apply(want: Packages, changes: readonly Change[]): Script {
  const names = changedNames(want, changes);
  const verb = want.state === 'absent' ? 'remove' : 'install';
  const recommends =
    want.recommends === undefined ? [] : [`--${want.recommends ? '' : 'no-'}install-recommends`];
  const get = sh`get ${[verb, ...(verb === 'install' ? recommends : [])]} -- ${names}`;
  const refresh = want.updateCache && verb === 'install';
  return lines(
    sh`export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 APT_LISTCHANGES_FRONTEND=none
get() {
  apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" </dev/null
}
interrupted() {
  for update in /var/lib/dpkg/updates/[0-9]*; do if [ -e "$update" ]; then return 0; fi; done
  [ -n "$(dpkg --audit 2>/dev/null)" ]
}
tries=0
while interrupted; do
  dpkg --force-confdef --force-confold --configure -a </dev/null && break
  tries=$((tries + 1))
  if [ "$tries" -ge 12 ]; then break; fi
  sleep 5
done`,
    refresh && update(),
    // The lists may be missing, too old to know a name, or name files that are gone.
    verb === 'install' && !refresh
      ? sh`${get} || {
  echo 'trying again with fresh package lists' >&2
  get update
  ${get}
}`
      : get,
  );
}

/** apt leaves the folder's time alone when nothing was new. */
function update(): Script {
  return sh`get update
touch -c /var/lib/apt/lists`;
}
