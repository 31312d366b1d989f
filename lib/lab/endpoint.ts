import { existsSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { PlayError } from '../util/errors.ts';
import { requireMachine } from './machine.ts';
import { labAddress } from './names.ts';
import { labPaths } from './paths.ts';
import { askRelay } from './relay-client.ts';

/** Gives this process, which is outside of a lab's network, access to the lab's hosts. */
export interface LabEndpoint {
  /**
   * Opens a TCP connection to a host, by name or address, with the lab's delay.
   * Rejects with a PlayError of kind `unreachable`.
   */
  dial(host: string, port: number): Promise<Duplex>;
  readonly privateKeyFile: string;
  readonly knownHostsFile: string;
  /** The address for a lab host's name or address; `undefined` for anything that can't be in a lab. */
  address(host: string): string | undefined;
}

/**
 * The endpoint of a lab.
 * @throws PlayError of kind `unreachable` when the lab is not up, `input` when the name is invalid or this machine can't
 * run labs.
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
          what: `lab ${name} has no host ${host}`,
          next: 'its hosts are hadoop001, hadoop002 and so on; for another name, set ansible_host to one of their addresses',
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

/** The error when a lab that is needed is not up. */
export function notUp(name: string, kind: 'unreachable' | 'input', cause?: Error): PlayError {
  const option = name === 'lab' ? '' : ` --name ${name}`;
  return new PlayError({
    kind,
    what: `lab ${name} is not up: type ts-play lab up${option}`,
    why: cause?.message,
    cause,
  });
}
