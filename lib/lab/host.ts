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
 * The host's supervisor: boots the host, and boots it again after a reboot, for which nspawn exits with 133. It writes
 * its process record first, so that no process runs without a record. An init may outlive its nspawn, so the supervisor
 * kills everything in the host's control group before each boot and at the end.
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
 * Sets up the host and becomes its nspawn. It runs with `sh -euc` in new mount and network namespaces, which exist as
 * long as the host. When the host ends for any reason, its mounts, its network interface and its addresses disappear
 * with it, also a virtual address, as when a real machine loses power.
 */
const boot = `
cgroup=$1
shift
name=$1 root=$2 image=$3 upper=$4 work=$5 cut=$6 bridge=$7 address=$8 hardware=$9

mount -t overlay overlay -o "lowerdir=$image,upperdir=$upper,workdir=$work" "$root"

# The network interface of an earlier boot disappears a moment after its host.
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

# systemd 256 and later boot only with the unified hierarchy; nspawn does not select it on every machine.
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
# Let the host change the sysctls of its own network, as on a real host, but no others of the machine.
export SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
# Units of servers need more open files than a container gets by default.
exec systemd-nspawn --quiet --boot --register=no --keep-unit --settings=no --link-journal=no \\
  --machine="$name" --hostname="$name" --directory="$root" --network-namespace-path=/proc/self/ns/net \\
  --capability=CAP_NET_ADMIN,CAP_NET_RAW --rlimit=NOFILE=1024:524288 --resolv-conf=off --timezone=off
`;

/** Starts the host's boot and returns at once. The host outlives this process. */
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

/** The environment of nspawn: nothing of the caller's environment reaches the hosts. */
const hostEnvironment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** Whether the host is running. */
export async function isOn(lab: LabPaths, host: string): Promise<boolean> {
  return (await runningRecord(lab, host)) !== undefined;
}

/** The process id of the host's init on this machine; `undefined` when the host is off or has only just started. */
export async function initOf(lab: LabPaths, host: string): Promise<number | undefined> {
  const record = await runningRecord(lab, host);
  if (record === undefined) return undefined;
  for (const pid of await descendantsOf(record.pid, 2)) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    // The last id is that in the innermost namespace. The host's init has id 1 there.
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

/** Adds new hosts to /etc/hosts of the running hosts; keeps all other lines. */
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

/** Kills all processes of the host at once, like a power failure. Returns when all have ended. */
export async function killHost(lab: LabPaths, host: string): Promise<void> {
  const record = await runningRecord(lab, host);
  if (record !== undefined) {
    killNow(record.pid);
    await until(() => isGone(record.pid), 10, `the end of ${host}`);
  }
  await endCgroup(await hostCgroup(lab, host));
  await rm(lab.host(host).pid, { force: true });
}
