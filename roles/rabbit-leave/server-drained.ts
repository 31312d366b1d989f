import { defineTask, lines, type Reply, sh, type TaskType } from '../../lib/index.ts';
import { serverName } from '../haproxy-build/config.ts';
import { SOCKET } from '../haproxy-build/paths.ts';
import { askFunction } from '../haproxy-build/socket.ts';

export interface ServerDrainedWant {
  /** The broker, by its name in the inventory. */
  readonly host: string;
}

/** A server of HAProxy's: in which backend, and how it stands there. */
interface Server {
  readonly backend: string;
  /** Bits of `show servers state`: 0x08 is a drain by the administrator. */
  readonly admin: number;
}

/** A proxy gives a broker no new clients; those it has stay. Nothing to do where it has no such server. */
export const serverDrainedType: TaskType<ServerDrainedWant, readonly Server[]> = {
  name: 'haproxy-server-drained',
  title: ({ host }) => `no new clients for ${host}`,
  claims: ({ host }) => ({ [`haproxy server ${serverName(host)}`]: 'drain' }),
  probe: () => sh`${askFunction}
if [ -S ${SOCKET} ]; then ask show servers state; fi`,
  parse: ({ stdout }: Reply, { host }) =>
    stdout
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([, , , server]) => server === serverName(host))
      .map(([, backend = '', , , , , admin]) => ({ backend, admin: Number(admin) })),
  diff: (servers) =>
    servers
      .filter((server) => !isDrained(server))
      .map(({ backend }) => ({ what: `server in ${backend}`, from: 'ready', to: 'drain' })),
  apply: ({ host }, _changes, servers) =>
    lines(
      askFunction,
      ...servers
        .filter((server) => !isDrained(server))
        .map(({ backend }) => sh`ask set server ${`${backend}/${serverName(host)}`} state drain`),
    ),
};

export const serverDrained = defineTask(serverDrainedType);

function isDrained({ admin }: Server): boolean {
  // SRV_ADMF_FMAINT and SRV_ADMF_FDRAIN: one in maintenance gets no clients either.
  return (admin & (0x01 | 0x08)) !== 0;
}
