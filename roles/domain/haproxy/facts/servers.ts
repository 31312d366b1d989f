import { type Claims, type Reply, type Script, sh } from '../../../../lib/index.ts';
import { BACKEND, serverName } from '../names.ts';
import { answered, askFunction } from '../socket.ts';

/** The administrative state of a server: `drain` takes no new connections, `maint` also ends those it has. */
export type AdminState = 'ready' | 'drain' | 'maint';

/** A server of the running HAProxy. */
export interface Server {
  readonly backend: string;
  /** As HAProxy calls it, see {@link serverName}. */
  readonly name: string;
  readonly state: AdminState;
  /** Its check holds, so that it gets clients unless it was told otherwise. */
  readonly up: boolean;
}

/**
 * What a task claims that looks after the state of a broker's server: one key for all task types, so that two that want
 * different states are refused.
 * @param host the broker, by its name in the inventory
 */
export function serverClaim(host: string, state: AdminState, backend: string = BACKEND): Claims {
  return { [`haproxy server ${backend}/${serverName(host)}`]: state };
}

/** Asks for the servers of a backend, or of all; fails where HAProxy can't be asked. */
export function askServers(backend?: string): Script {
  return sh`${askFunction}
ask show servers state ${backend ?? []}`;
}

/** The servers that are this host's, by its inventory name; none where the backend is unknown. @throws Error */
export function serversOf(host: string, reply: Reply): readonly Server[] {
  return serversIn(answered(reply)).filter(({ name }) => name === serverName(host));
}

/** Sets the administrative state of a server. Exits with 69 where HAProxy can't be asked. */
export function setServer(backend: string, host: string, state: AdminState): Script {
  return sh`${askFunction}
tell set server ${`${backend}/${serverName(host)}`} state ${state}`;
}

/** Bits of srv_admin_state: what was asked for by hand or by the configuration. */
const MAINTENANCE = 0x01 | 0x04;
const DRAIN = 0x08;
/** As srv_op_state has a server whose check holds. */
const RUNNING = '2';

/** Reads `show servers state`: a version, a line of names after `#`, a line a server. */
function serversIn(text: string): readonly Server[] {
  if (/can't find backend/i.test(text)) return [];
  const rows = text.split('\n').map((row) => row.replace(/^# /, '').split(' '));
  const top = rows.findIndex((row) => row.includes('srv_admin_state'));
  const head = rows[top];
  if (head === undefined) throw new Error(`HAProxy's answer makes no sense: '${text}'`);
  const cell = (row: readonly string[], name: string) => {
    const value = row[head.indexOf(name)];
    if (value === undefined)
      throw new Error(`HAProxy's answer makes no sense: no ${name} in '${row.join(' ')}'`);
    return value;
  };
  return rows
    .slice(top + 1)
    .filter((row) => row.length > 1)
    .map((row) => ({
      backend: cell(row, 'be_name'),
      name: cell(row, 'srv_name'),
      state: adminState(Number(cell(row, 'srv_admin_state'))),
      up: cell(row, 'srv_op_state') === RUNNING,
    }));
}

function adminState(bits: number): AdminState {
  if (bits & MAINTENANCE) return 'maint';
  return bits & DRAIN ? 'drain' : 'ready';
}
