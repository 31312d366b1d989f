import { type Change, defineFact, defineTask, type Fact, sh, type TaskType } from '../../../../lib/index.ts';
import { type AdminState, askServers, serverClaim, serversOf, setServer } from '../facts/servers.ts';
import { BACKEND, serverName } from '../names.ts';
import { answered, asked } from '../socket.ts';

/** One server's state in the running HAProxy. */
export interface ServerStateWant {
  /** HAProxy's name for the servers together. Default: that of this role. */
  readonly backend?: string | undefined;
  /** The host's inventory name. */
  readonly server: string;
  readonly state: AdminState;
}

/** As HAProxy says; `unknown` when its configuration has no such server. */
export type ServerStateNow = AdminState | 'unknown';

export const serverStateType: TaskType<ServerStateWant, ServerStateNow> = {
  name: 'server-state',
  title: ({ server, state }) => `${server} is ${state} in HAProxy`,
  claims: (want) => serverClaim(want.server, want.state, backendOf(want)),
  validate(want) {
    if (!/^[A-Za-z0-9_.:-]+$/.test(backendOf(want))) throw new Error(`'${backendOf(want)}' is no backend`);
  },
  fact: (want) =>
    defineFact({
      name: `state of ${want.server} in HAProxy`,
      script: askServers(backendOf(want)),
      parse: (reply) => serversOf(want.server, reply)[0]?.state ?? 'unknown',
    }),
  diff,
  apply: ({ server, state, ...want }) => setServer(backendOf(want), server, state),
};

/** Takes a server out of the running HAProxy, or puts it back; a reload puts back too. */
export const serverState = defineTask(serverStateType);

/** Asks how many connections clients have to each server through this HAProxy, by HAProxy's name for the server. */
export function sessionsFact(backend: string = BACKEND): Fact<ReadonlyMap<string, number>> {
  return defineFact({
    name: `connections through HAProxy to ${backend}`,
    fresh: true,
    script: asked(sh`show stat ${backend} 4 -1`),
    parse(reply) {
      const [head = [], ...rows] = answered(reply)
        .split('\n')
        .filter((row) => row !== '')
        .map((row) => row.replace(/^# /, '').split(','));
      const [name, current] = [head.indexOf('svname'), head.indexOf('scur')];
      return new Map(
        rows.flatMap((row) => {
          const server = row[name];
          return server === undefined ? [] : [[server, Number(row[current])] as const];
        }),
      );
    },
  });
}

function backendOf({ backend = BACKEND }: Pick<ServerStateWant, 'backend'>): string {
  return backend;
}

function diff(now: ServerStateNow, { server, state }: ServerStateWant): readonly Change[] {
  if (now === 'unknown') {
    // No client gets to a server that is not there.
    if (state !== 'ready') return [];
    throw new Error(`HAProxy has no server ${serverName(server)}`);
  }
  return now === state ? [] : [{ what: 'state', from: now, to: state }];
}
