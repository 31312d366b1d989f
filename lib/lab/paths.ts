import { join } from 'node:path';
import { checkLabName } from './names.ts';

const cache = '/var/cache/ts-play';
/** Contains one folder per lab, by name. */
export const labsFolder = '/var/lib/ts-play/labs';

/** Built images, by recipe. */
export const imagesFolder = `${cache}/images`;
/** Upstream source archives for roles that build from source. */
export const sourcesFolder = `${cache}/sources`;

/** The paths of one host's files. */
export interface HostPaths {
  readonly folder: string;
  /** The host's disk: its changes to the image. */
  readonly upper: string;
  readonly work: string;
  /** Where its root is mounted, in a mount namespace of its own; outside of it, this folder is empty. */
  readonly root: string;
  readonly console: string;
  /** The public host key; exists when the disk is complete. */
  readonly hostKey: string;
  /** Exists while the host is cut off the network. */
  readonly cut: string;
  /** Process id and start time of the running host. */
  readonly pid: string;
}

/** The paths of one lab's files. `state` is persistent; `run` is invalid after the machine restarts. */
export interface LabPaths {
  readonly name: string;
  readonly state: string;
  readonly run: string;
  readonly lock: string;
  readonly description: string;
  readonly privateKey: string;
  readonly publicKey: string;
  readonly knownHosts: string;
  readonly sshConfig: string;
  readonly hostsFolder: string;
  readonly relaySocket: string;
  readonly relayPid: string;
  readonly relayLog: string;
  /** Network namespaces: one for the bridge, one for the controller's commands. */
  readonly bridgeNamespace: string;
  readonly controllerNamespace: string;
  host(name: string): HostPaths;
}

/** @throws PlayError when the name is not a valid lab name. */
export function labPaths(labName: string): LabPaths {
  const name = checkLabName(labName);
  const state = join(labsFolder, name);
  const run = `/run/ts-play/labs/${name}`;
  return {
    name,
    state,
    run,
    lock: `${run}.lock`,
    description: join(state, 'lab.json'),
    privateKey: join(state, 'id_ed25519'),
    publicKey: join(state, 'id_ed25519.pub'),
    knownHosts: join(state, 'known_hosts'),
    sshConfig: join(state, 'ssh_config'),
    hostsFolder: join(state, 'hosts'),
    relaySocket: join(run, 'relay.sock'),
    relayPid: join(run, 'relay.pid'),
    relayLog: join(state, 'relay.log'),
    bridgeNamespace: `ts-play-${name}-bridge`,
    controllerNamespace: `ts-play-${name}`,
    host(host) {
      const folder = join(state, 'hosts', host);
      return {
        folder,
        upper: join(folder, 'upper'),
        work: join(folder, 'work'),
        root: join(folder, 'root'),
        console: join(folder, 'console.log'),
        hostKey: join(folder, 'host_key.pub'),
        cut: join(folder, 'cut'),
        pid: join(run, `${host}.pid`),
      };
    },
  };
}
