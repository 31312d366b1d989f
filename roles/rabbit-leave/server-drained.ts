import { defineTask, lines, type Reply, type Script, sh, type TaskType } from '../../lib/index.ts';
import { serverName } from '../haproxy-build/config.ts';
import { SOCKET } from '../haproxy-build/paths.ts';

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
  probe: () => sh`${talk}
if [ -S ${SOCKET} ]; then say 'show servers state'; fi`,
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
      talk,
      ...servers
        .filter((server) => !isDrained(server))
        .map(({ backend }) => sh`say ${`set server ${backend}/${serverName(host)} state drain`}`),
    ),
};

export const serverDrained = defineTask(serverDrainedType);

function isDrained({ admin }: Server): boolean {
  // SRV_ADMF_FMAINT and SRV_ADMF_FDRAIN: one in maintenance gets no clients either.
  return (admin & (0x01 | 0x08)) !== 0;
}

/** `say COMMAND` on the runtime socket, with what the host has for it. */
const talk: Script = sh`say() {
  if command -v socat >/dev/null; then printf '%s\n' "$1" | socat -t 5 - ${`UNIX-CONNECT:${SOCKET}`}
  elif command -v perl >/dev/null; then
    perl -MIO::Socket::UNIX -e 'my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die $!; print $s "$ARGV[1]\n"; print while <$s>' ${SOCKET} "$1"
  else
    python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall((sys.argv[2] + "\n").encode())
while (d := s.recv(65536)): sys.stdout.write(d.decode())' ${SOCKET} "$1"
  fi
}`;
