import { type Reply, type Script, sh } from '../../../lib/index.ts';
import { SOCKET } from './paths.ts';

const PERL =
  '$s = IO::Socket::UNIX->new(Peer => shift @ARGV) or die "$!\\n"; print $s join("", <STDIN>); $s->flush; print while <$s>';

const PYTHON = `import socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(10)
s.connect(sys.argv[1])
s.sendall(sys.argv[2].encode() + b'\\n')
while True:
    part = s.recv(65536)
    if not part: break
    sys.stdout.write(part.decode())`;

/**
 * Two shell functions. `ask WORD…` sends one command to HAProxy's runtime socket, by whatever the host has for that, and
 * prints the answer. `tell WORD…` sends one to which any answer is a refusal, and returns 69 where it can't be sent.
 */
export const askFunction: Script = sh`ask() {
  if [ ! -S ${SOCKET} ]; then
    printf 'HAProxy does not run: there is no %s\n' ${SOCKET} >&2
    return 69
  elif command -v socat >/dev/null; then printf '%s\n' "$*" | socat -t 10 - ${`UNIX-CONNECT:${SOCKET}`}
  elif command -v perl >/dev/null; then printf '%s\n' "$*" | perl -MIO::Socket::UNIX -e ${PERL} ${SOCKET}
  elif command -v python3 >/dev/null; then python3 -c ${PYTHON} ${SOCKET} "$*" </dev/null
  else echo 'the host has neither socat nor perl nor python3 to speak to HAProxy with' >&2; return 69; fi
}
tell() {
  said=$(ask "$@") || return 69
  case $said in *[![:space:]]*) printf 'HAProxy says: %s\n' "$said" >&2; return 1 ;; esac
}`;

/** Sends one command and prints what HAProxy says. */
export function asked(words: Script): Script {
  return sh`${askFunction}
ask ${words}`;
}

/** What HAProxy said. @throws Error when it could not be asked */
export function answered({ code, stdout, stderr }: Reply): string {
  if (code === 0) return stdout;
  throw new Error(stderr || `HAProxy's runtime socket could not be asked: exit ${code}`);
}
