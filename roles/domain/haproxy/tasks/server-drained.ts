import { defineFact, defineTask, lines, sh, type TaskType } from '../../../../lib/index.ts';
import { askServers, type Server, serverClaim, serversOf, setServer } from '../facts/servers.ts';
import { SOCKET } from '../paths.ts';

export interface ServerDrainedWant {
  /** The broker, by its name in the inventory. */
  readonly host: string;
}

/** A proxy gives a broker no new clients; those it has stay. Nothing to do where it has no such server. */
export const serverDrainedType: TaskType<ServerDrainedWant, readonly Server[]> = {
  name: 'haproxy-server-drained',
  title: ({ host }) => `no new clients for ${host}`,
  claims: ({ host }) => serverClaim(host, 'drain'),
  fact: ({ host }) =>
    defineFact({
      name: `servers of ${host} in HAProxy`,
      script: sh`if [ -S ${SOCKET} ]; then
${askServers()}
else echo none; fi`,
      parse: (reply) => (reply.stdout === 'none' ? [] : serversOf(host, reply)),
    }),
  diff: (servers) =>
    open(servers).map(({ backend, state }) => ({ what: `server in ${backend}`, from: state, to: 'drain' })),
  apply: ({ host }, _changes, servers) =>
    lines(...open(servers).map(({ backend }) => setServer(backend, host, 'drain'))),
};

export const serverDrained = defineTask(serverDrainedType);

/** Those that get new clients: one in maintenance gets none either. */
function open(servers: readonly Server[]): readonly Server[] {
  return servers.filter(({ state }) => state === 'ready');
}
