import { existsSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { PlayError } from '../util/errors.ts';
import { requireMachine } from './machine.ts';
import { labAddress } from './names.ts';
import { labPaths } from './paths.ts';
import { askRelay } from './relay-client.ts';

/** A way into a lab's network for this process, which stands outside of it. */
export interface LabEndpoint {
  /**
   * A TCP connection to a host, by name or address, with the lab's delay.
   * Rejects with a PlayError of kind `unreachable`.
   */
  dial(host: string, port: number): Promise<Duplex>;
  readonly privateKeyFile: string;
  readonly knownHostsFile: string;
  /** The address of a lab host by its name, or of an address itself; undefined for what can't be in a lab. */
  address(host: string): string | undefined;
}

/**
 * The lab of that name.
 * @throws PlayError of kind `unreachable` when it isn't up, `input` when the name can't be a lab's or this
 * machine can't have labs.
 */
export function labEndpoint(name: string): LabEndpoint {
  requireMachine();
  const lab = labPaths(name);
  if (!existsSync(lab.relaySocket)) throw notUp(name, 'unreachable');
  return {
    privateKeyFile: lab.privateKey,
    knownHostsFile: lab.knownHosts,
    address: labAddress,
    async dial(host, port) {
      const address = labAddress(host);
      if (address === undefined) {
        throw new PlayError({
          kind: 'unreachable',
          what: `${host} is no host of lab ${name}`,
          next: 'its hosts are called hadoop001, hadoop002 and so on; give another name its address by ansible_host',
        });
      }
      const answer = await askRelay(lab.relaySocket, `${address} ${port}`).catch((cause: Error) => {
        throw notUp(name, 'unreachable', cause);
      });
      if (answer.ok) return answer.socket;
      throw new PlayError({
        kind: 'unreachable',
        what: `can't connect to ${host} (${address}) port ${port} in lab ${name}`,
        why: answer.text,
        next: `ts-play lab status${name === 'lab' ? '' : ` --name ${name}`}`,
      });
    },
  };
}

/** The error for whatever needs a lab that is up. */
export function notUp(name: string, kind: 'unreachable' | 'input', cause?: Error): PlayError {
  const option = name === 'lab' ? '' : ` --name ${name}`;
  return new PlayError({
    kind,
    what: `lab ${name} is not up: type ts-play lab up${option}`,
    why: cause?.message,
    cause,
  });
}
