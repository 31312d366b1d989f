import { join } from 'node:path';
import { checkLabName } from './names.ts';

const cache = '/var/cache/ts-play';
/** A folder a lab, by name. */
export const labsFolder = '/var/lib/ts-play/labs';

/** Built images, by recipe. */
export const imagesFolder = `${cache}/images`;
/** Upstream source archives for roles that build from source. */
export const sourcesFolder = `${cache}/sources`;

/** Where one host's things lie. */
export interface HostPaths {
  readonly folder: string;
  /** What the host changed against the image: its disk. */
  readonly upper: string;
  readonly work: string;
  /** Where its root is mounted, in a mount namespace of its own: empty as seen from the machine. */
  readonly root: string;
  readonly console: string;
  /** The public key it was made with; there once its disk is ready. */
  readonly hostKey: string;
  /** Present while the host's network leg is cut. */
  readonly cut: string;
  /** Process id and start time of the running host. */
  readonly pid: string;
}

/** Where one lab's things lie: `state` lasts, `run` is worthless after the machine restarts. */
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
  /** Network namespaces: the bridge's own, and the one commands run in. */
  readonly bridgeNamespace: string;
  readonly controllerNamespace: string;
  host(name: string): HostPaths;
}

/** @throws PlayError when the name can't be a lab's. */
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
