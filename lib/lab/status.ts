import { existsSync } from 'node:fs';
import { existingLab } from './description.ts';
import { initOf, isOn } from './host.ts';
import { controllerAddress, hostAddress } from './names.ts';
import type { Release } from './recipe.ts';
import { relayDelay } from './relay-client.ts';
import { listSources, type SourceArchive } from './sources.ts';

export interface HostStatus {
  readonly host: string;
  readonly address: string;
  /** `cut`: on, but cut off the network. */
  readonly state: 'on' | 'off' | 'cut';
  /** The process id of its init on this machine. */
  readonly init: number | undefined;
}

export interface LabStatus {
  readonly name: string;
  readonly release: Release;
  readonly hosts: readonly HostStatus[];
  readonly controller: string;
  /** Milliseconds that are added to each round trip; `undefined` when the relay does not answer. */
  readonly delay: number | undefined;
  readonly sshConfig: string;
  readonly sources: readonly SourceArchive[];
}

/** The state of a lab. @throws PlayError when the lab is not up. */
export async function labStatus(name: string): Promise<LabStatus> {
  const { paths, names, release } = await existingLab(name);
  const hosts = await Promise.all(
    names.map(async (host): Promise<HostStatus> => {
      const on = await isOn(paths, host);
      const cut = existsSync(paths.host(host).cut);
      return {
        host,
        address: hostAddress(host) ?? '',
        state: on ? (cut ? 'cut' : 'on') : 'off',
        init: await initOf(paths, host),
      };
    }),
  );
  return {
    name,
    release,
    hosts,
    controller: controllerAddress,
    delay: await relayDelay(paths.relaySocket).catch(() => undefined),
    sshConfig: paths.sshConfig,
    sources: await listSources(),
  };
}

/** The status as text for people. */
export function formatStatus(status: LabStatus): string {
  const option = status.name === 'lab' ? '' : ` --name ${status.name}`;
  const delay =
    status.delay === undefined
      ? 'the relay does not answer: type ts-play lab up'
      : `${status.delay} ms added to each round trip from the controller`;
  return [
    `lab ${status.name}: ${status.hosts.length} hosts, Debian ${status.release}`,
    ...status.hosts.map(({ host, address, state, init }) =>
      `  ${host}  ${address.padEnd(13)}  ${state.padEnd(3)}  ${init === undefined ? '' : `init ${init}`}`.trimEnd(),
    ),
    `  controller ${status.controller}, ${delay}`,
    ...status.sources.map(({ path, sha256 }) => `  source ${path}\n    sha256 ${sha256}`),
    `  log in:  ts-play lab enter${option} -- ssh -F ${status.sshConfig} hadoop001`,
    `  inside:  ts-play lab exec${option} hadoop001 -- systemctl --failed`,
  ].join('\n');
}
