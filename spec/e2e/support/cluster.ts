import assert from 'node:assert/strict';
import { LAB, lab, on, tsPlay, until } from './lab.ts';

export const BROKERS = ['hadoop001', 'hadoop002', 'hadoop003'] as const;
export const PROXIES = ['hadoop001', 'hadoop002'] as const;
export const VIP = '192.0.2.200';
export const STATS_PORT = 8100;
export const STATS_LOGIN = 'admin:lab-stats-password';
export const FRONT_PORT = 5673;

/** The hosts whose kernel carries the virtual IP. */
export async function vipHolders(hosts: readonly string[] = PROXIES): Promise<readonly string[]> {
  const holds = await Promise.all(
    hosts.map(async (host) => (await on(host, `ip -o -4 addr show to ${VIP}`).catch(() => '')).includes(VIP)),
  );
  return hosts.filter((_, index) => holds[index]);
}

export interface ClusterStatus {
  readonly disk_nodes: readonly string[];
  readonly ram_nodes: readonly string[];
  readonly running_nodes: readonly string[];
  readonly cluster_name: string;
}

/** The broker's own answer in JSON. */
export async function rabbit<T>(host: string, call: string): Promise<T> {
  const text = await on(host, `rabbitmqctl -q ${call} --formatter json`);
  return JSON.parse(text.slice(text.search(/^[[{]/m))) as T;
}

/** What each broker really does in a network partition, as it says itself. */
export function partitionHandling(hosts: readonly string[] = BROKERS): Promise<readonly string[]> {
  const ask = "rabbitmqctl -q eval '{ok, H} = application:get_env(rabbit, cluster_partition_handling), H.'";
  return Promise.all(hosts.map((host) => on(host, ask)));
}

/** Status of every server behind a proxy, from its stats page. */
export async function backends(proxy: string): Promise<Readonly<Record<string, string>>> {
  const csv = await on(proxy, `curl -s -u ${STATS_LOGIN} 'http://127.0.0.1:${STATS_PORT}/stats;csv'`);
  const rows = csv.split('\n').map((line) => line.split(','));
  const servers = rows.filter(
    ([, name, ...rest]) => name && !/^(FRONTEND|BACKEND|svname)$/.test(name) && rest[15],
  );
  return Object.fromEntries(servers.map(([, name = '', ...rest]) => [name, rest[15] ?? '']));
}

/** Main process ids of a unit over hosts. */
export async function mainPids(unit: string, hosts: readonly string[]): Promise<readonly string[]> {
  return Promise.all(hosts.map((host) => on(host, `systemctl show -p MainPID --value ${unit}`)));
}

/**
 * What `--check` must not change, as one text: every file with its size, times, mode and owner, and every unit with
 * its state. Left out is what a living host writes by itself.
 */
export function fingerprint(host: string): Promise<string> {
  return on(
    host,
    `find / -xdev \\( -path /proc -o -path /sys -o -path /run -o -path /dev -o -path /var/log -o -path /tmp \
-o -path /var/lib/rabbitmq/mnesia -o -path /var/lib/systemd -o -path /var/tmp/systemd-private-\\* \\) -prune \
-o -printf '%p %s %m %U:%G %T@ %l\\n' | sort
systemctl list-unit-files --no-legend --no-pager | awk '{print $1, $2}' | sort
systemctl list-units --all --type=service --no-legend --plain --no-pager | awk '{print $1, $3, $4}' | grep -v user@ | sort`,
  );
}

export interface ClientReport {
  readonly confirmed: number;
  readonly consumed: number;
  readonly lost: number;
  readonly reconnects: number;
  readonly node: string;
}

/** A real AMQP client on the lab's network, through virtual IP and HAProxy, for some seconds. */
export async function client(seconds: number, password = 'lab-admin-password'): Promise<ClientReport> {
  const script = new URL('./amqp-client.js', import.meta.url).pathname;
  const url = `amqp://admin@${VIP}:${FRONT_PORT}`;
  const { code, stdout, stderr } = await tsPlay(
    ['lab', 'enter', '--name', LAB, '--', process.execPath, script, url, String(seconds)],
    { stdin: password, limit: (seconds + 60) * 1000 },
  );
  if (code !== 0) throw new Error(`the client ended with ${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as ClientReport;
}

/** Declares durable queues over AMQP, without a type, on a broker itself. @returns for each `ok`, or what the broker said */
export async function declared(
  address: string,
  names: readonly string[],
  password = 'lab-admin-password',
): Promise<readonly string[]> {
  const script = new URL('./declare-queue.js', import.meta.url).pathname;
  const { code, stdout, stderr } = await tsPlay(
    ['lab', 'enter', '--name', LAB, '--', process.execPath, script, `amqp://admin@${address}:5672`, ...names],
    { stdin: password, limit: 60_000 },
  );
  if (code !== 0) throw new Error(`declaring ended with ${code}: ${stdout}${stderr}`);
  return stdout.trim().split('\n');
}

/** The scripts of runs, living or killed, that are at work on a host, as the kernel shows them. */
export const scriptsAtWork = (host: string) =>
  on(host, "grep -lsE '^ts-play-[0-9]+$' /proc/[0-9]*/comm || :");

/** Waits until the scripts of killed runs have ended: until then the next run is refused. */
export async function scriptsEnded(hosts: readonly string[]): Promise<void> {
  for (const host of hosts) {
    const left = await until(
      () => scriptsAtWork(host),
      (found) => found === '',
      120,
    );
    assert.equal(left, '', host);
  }
}

/** New hosts, booted to the end: what a unit does while it starts is none of the run's business. */
export async function freshLab(hosts: readonly string[] = BROKERS): Promise<void> {
  await lab('down');
  await lab('up', '--hosts', String(hosts.length));
  await Promise.all(hosts.map((host) => on(host, 'timeout 120 systemctl is-system-running --wait')));
}
