import { spawn } from 'node:child_process';
import { appendFile, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { endCgroup, labCgroup } from './cgroup.ts';
import { hardwareAddress, hostAddress, hostLines, subnetPrefix } from './names.ts';
import type { LabPaths } from './paths.ts';
import {
  descendantsOf,
  isGone,
  isRunning,
  killNow,
  type ProcessRecord,
  readRecord,
  until,
} from './process.ts';

/**
 * Switches the host on, and again when it asked for a reboot, which nspawn tells by exit code 133. It records
 * itself before it begins, so that nothing runs that isn't on record. An init may outlive its nspawn: whatever
 * is left in the host's control group goes before the next boot and at the end.
 */
const supervise = `
pid=$1 boot=$2 cgroup=$3
shift 3
clear_cgroup() {
  tries=0
  while [ -d "$cgroup" ] && [ "$tries" -lt 200 ]; do
    echo 1 > "$cgroup/cgroup.kill"
    find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.05
    tries=$((tries + 1))
  done
}
echo "$$ $(cut -d' ' -f22 /proc/$$/stat)" > "$pid"
code=133
while [ "$code" = 133 ]; do
  clear_cgroup
  code=0
  setpriv --pdeathsig KILL unshare --mount --propagation slave --net sh -euc "$boot" sh "$cgroup" "$@" || code=$?
done
clear_cgroup
exit "$code"
`;

/**
 * Becomes the host: `sh -euc` with this runs in fresh mount and network namespaces, which last as long as the
 * host does. So whatever way a host ends, its mounts, its leg and its addresses are gone with it, a virtual
 * address included, just as when a real machine loses its power.
 */
const boot = `
cgroup=$1
shift
name=$1 root=$2 image=$3 upper=$4 work=$5 cut=$6 bridge=$7 address=$8 hardware=$9

mount -t overlay overlay -o "lowerdir=$image,upperdir=$upper,workdir=$work" "$root"

# The leg of an earlier boot goes away a moment after its host.
tries=0
while ! { ip -n "$bridge" link delete "$name" || :; ip link add eth0 address "$hardware" type veth peer name "$name" netns "$bridge"; } 2>/dev/null; do
  tries=$((tries + 1))
  [ "$tries" -lt 50 ]
  sleep 0.1
done
ip link set lo up
ip address add "$address" dev eth0
ip link set eth0 up
ip -n "$bridge" link set "$name" master br0
[ -e "$cut" ] || ip -n "$bridge" link set "$name" up

mkdir -p "$cgroup"
echo 0 > "$cgroup/cgroup.procs"

# systemd 256 and later boot only with the unified hierarchy, which nspawn doesn't offer by itself on every machine.
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
# Kernel settings of the host's own network may be changed, as on a real one; the machine's others may not.
export SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
# Units of servers ask for more open files than a container gets by default.
exec systemd-nspawn --quiet --boot --register=no --keep-unit --settings=no --link-journal=no \\
  --machine="$name" --hostname="$name" --directory="$root" --network-namespace-path=/proc/self/ns/net \\
  --capability=CAP_NET_ADMIN,CAP_NET_RAW --rlimit=NOFILE=1024:524288 --resolv-conf=off --timezone=off
`;

/** Switches the host on. It outlives this process; returns as soon as it has begun. */
export async function bootHost(lab: LabPaths, host: string, image: string): Promise<void> {
  const paths = lab.host(host);
  const address = `${hostAddress(host)}/${subnetPrefix}`;
  const disk = [paths.root, image, paths.upper, paths.work];
  const network = [paths.cut, lab.bridgeNamespace, address, hardwareAddress(host)];
  const args = [paths.pid, boot, await hostCgroup(lab, host), host, ...disk, ...network];
  await rm(paths.pid, { force: true });
  const log = await open(paths.console, 'a');
  const child = spawn('sh', ['-euc', supervise, 'sh', ...args], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    cwd: '/',
    env: hostEnvironment,
  });
  await log.close();
  child.unref();
}

/** nspawn is told nothing of the caller's environment, and hosts get none of it. */
const hostEnvironment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** Whether the host is switched on. */
export async function isOn(lab: LabPaths, host: string): Promise<boolean> {
  return (await runningRecord(lab, host)) !== undefined;
}

/** The process id, on this machine, of the host's init; undefined when it is off or has only just begun. */
export async function initOf(lab: LabPaths, host: string): Promise<number | undefined> {
  const record = await runningRecord(lab, host);
  if (record === undefined) return undefined;
  for (const pid of await descendantsOf(record.pid, 2)) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    // The id in the innermost namespace stands last: a host's init is the second one from outside.
    if (/^NSpid:\t.*\t1$/m.test(status)) return pid;
  }
  return undefined;
}

async function runningRecord(lab: LabPaths, host: string): Promise<ProcessRecord | undefined> {
  const { pid, root } = lab.host(host);
  const record = await readRecord(pid);
  return record !== undefined && (await isRunning(record, root)) ? record : undefined;
}

async function hostCgroup(lab: LabPaths, host: string): Promise<string> {
  return join(await labCgroup(lab), host);
}

/** Adds hosts that came later to /etc/hosts of those that were there; what else was written there stays. */
export async function nameNewHosts(lab: LabPaths, hosts: readonly string[]): Promise<void> {
  for (const host of hosts) {
    const init = await initOf(lab, host);
    if (init === undefined) continue;
    const file = `/proc/${init}/root/etc/hosts`;
    const words = new Set((await readFile(file, 'utf8')).split(/\s+/));
    const missing = hostLines(hosts.length).filter((line) => !words.has(line.split(' ')[1] ?? ''));
    if (missing.length > 0) await appendFile(file, `${missing.join('\n')}\n`);
  }
}

/** Cuts the power: nothing in the host gets a chance to end in order. Returns when all of it is gone. */
export async function killHost(lab: LabPaths, host: string): Promise<void> {
  const record = await runningRecord(lab, host);
  if (record !== undefined) {
    killNow(record.pid);
    await until(() => isGone(record.pid), 10, `the end of ${host}`);
  }
  await endCgroup(await hostCgroup(lab, host));
  await rm(lab.host(host).pid, { force: true });
}
