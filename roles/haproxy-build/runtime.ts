import { type Change, defineTask, type Question, type Reply, sh, type TaskType } from '../../lib/index.ts';
import { BACKEND, serverName } from './names.ts';
import { answered, asked, askFunction } from './socket.ts';

/** What HAProxy is told to do with a server: `drain` takes no new connections, `maint` ends those that are there too. */
export type AdminState = 'ready' | 'drain' | 'maint';

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
  claims: (want) => ({ [`haproxy server ${backendOf(want)}/${want.server}`]: want.state }),
  validate(want) {
    if (!/^[A-Za-z0-9_.:-]+$/.test(backendOf(want))) throw new Error(`'${backendOf(want)}' is no backend`);
  },
  probe: (want) => asked(sh`show servers state ${backendOf(want)}`),
  parse: (reply, want) => stateIn(reply, want),
  diff,
  apply: ({ state, ...want }) =>
    sh`${askFunction}
said=$(ask set server ${`${backendOf(want)}/${serverName(want.server)}`} state ${state})
# HAProxy says nothing when it does as it is told.
if [ -n "$said" ]; then printf 'HAProxy says: %s\n' "$said" >&2; exit 1; fi`,
};

/** Takes a server out of the running HAProxy, or puts it back; a reload puts back too. */
export const serverState = defineTask(serverStateType);

/** Asks how many connections clients have to each server through this HAProxy, by HAProxy's name for the server. */
export function sessionsQuestion(backend: string = BACKEND): Question<ReadonlyMap<string, number>> {
  return {
    name: `connections through HAProxy to ${backend}`,
    fresh: true,
    script: asked(sh`show stat ${backend} 4 -1`),
    parse(reply) {
      const [head = [], ...rows] = answered(reply)
        .split('\n')
        .filter((row) => row !== '')
        .map((row) => row.replace(/^# /, '').split(','));
      const [name, current] = [head.indexOf('svname'), head.indexOf('scur')];
      return new Map(rows.map((row) => [row[name] ?? '', Number(row[current])]));
    },
  };
}

function backendOf({ backend = BACKEND }: Pick<ServerStateWant, 'backend'>): string {
  return backend;
}

/** Reads `show servers state`: a version, a line of names after `#`, a line a server. */
function stateIn(reply: Reply, want: Pick<ServerStateWant, 'backend' | 'server'>): ServerStateNow {
  const text = answered(reply);
  if (/can't find backend/i.test(text)) return 'unknown';
  const rows = text.split('\n').map((row) => row.replace(/^# /, '').split(' '));
  const head = rows.find((row) => row.includes('srv_admin_state'));
  if (head === undefined) throw new Error(`HAProxy's answer makes no sense: '${text}'`);
  const column = head.indexOf('srv_admin_state');
  const row = rows.find((each) => each[head.indexOf('srv_name')] === serverName(want.server));
  if (row === undefined) return 'unknown';
  return adminState(Number(row[column]));
}

/** Bits of srv_admin_state: what was asked for by hand or by the configuration. */
const MAINTENANCE = 0x01 | 0x04;
const DRAIN = 0x08;

function adminState(bits: number): AdminState {
  if (bits & MAINTENANCE) return 'maint';
  return bits & DRAIN ? 'drain' : 'ready';
}

function diff(now: ServerStateNow, { server, state }: ServerStateWant): readonly Change[] {
  if (now === 'unknown') {
    // No client gets to a server that is not there.
    if (state !== 'ready') return [];
    throw new Error(`HAProxy has no server ${serverName(server)}`);
  }
  return now === state ? [] : [{ what: 'state', from: now, to: state }];
}
