import { defineFact, type Script, sh } from '../../lib/index.ts';

/** Everything of the proof on a host; gone when it restarts. */
export const FOLDER = '/run/ts-play-prove';
const UNIT = 'ts-play-prove-fault';
const WATCH = 'ts-play-prove-watch';

/** Something that is done to a host, and undone there after a while, whatever becomes of us. */
export interface Fault {
  readonly on: string;
  /** What happens, as in `its broker is killed`. */
  readonly what: string;
  readonly harm: Script;
  readonly undo: Script;
}

/**
 * Begins a fault, a second from now so that the answer still gets out. A unit of the host's own systemd holds it and
 * undoes it after `seconds`, also when the controller or the network is gone.
 */
export function inject({ harm, undo }: Fault, seconds: number): Script {
  return sh`mkdir -p ${FOLDER}
cd ${FOLDER}
rm -f began ended
printf '%s\n' 'sleep 1' 'date +%s%3N >began' ${harm.reveal()} 'exec sleep infinity' >harm
printf '%s\n' ${undo.reveal()} '[ -e ended ] || date +%s%3N >ended' >undo
systemctl stop ${UNIT} 2>/dev/null || :
systemctl reset-failed ${UNIT} 2>/dev/null || :
systemd-run --quiet --collect --unit=${UNIT} --property=WorkingDirectory=${FOLDER} --property=RuntimeMaxSec=${seconds + 1} --property=ExecStopPost=${`/bin/sh ${FOLDER}/undo`} /bin/sh ${FOLDER}/harm`;
}

/** Undoes whatever of the proof is still at work on a host. */
export const undoFaults: Script = sh`systemctl stop ${UNIT} ${WATCH} 2>/dev/null || :
rm -rf ${FOLDER}`;

/** Has a host write down every fifth of a second whether it has the address. */
export function watch(vip: string, seconds: number): Script {
  const loop = sh`while :; do
  h=0
  if [ -n "$(ip -o -4 addr show to ${vip})" ]; then h=1; fi
  echo "$(date +%s%3N) $h"
  sleep 0.2
done >ticks`;
  return sh`mkdir -p ${FOLDER}
printf '%s\n' ${loop.reveal()} >${`${FOLDER}/watch`}
systemctl stop ${WATCH} 2>/dev/null || :
systemd-run --quiet --collect --unit=${WATCH} --property=WorkingDirectory=${FOLDER} --property=RuntimeMaxSec=${seconds} /bin/sh ${`${FOLDER}/watch`}`;
}

/** What a host wrote down. */
export interface HostNotes {
  /** By the host's clock, in milliseconds since the epoch. */
  readonly began: number | undefined;
  readonly ended: number | undefined;
  readonly ticks: readonly { readonly at: number; readonly held: boolean }[];
}

export const askNotes = defineFact({
  name: 'what it wrote down',
  fresh: true,
  script: sh`cd ${FOLDER} 2>/dev/null || exit 0
for f in began ended; do if [ -s $f ]; then echo "$f=$(cat $f)"; fi; done
if [ -r ticks ]; then sed 's/^/tick=/' ticks; fi`,
  parse: ({ stdout }): HostNotes => {
    const field = (name: string) => new RegExp(`^${name}=(\\d+)$`, 'm').exec(stdout)?.[1];
    const [began, ended] = [field('began'), field('ended')];
    return {
      began: began === undefined ? undefined : Number(began),
      ended: ended === undefined ? undefined : Number(ended),
      ticks: [...stdout.matchAll(/^tick=(\d+) ([01])$/gm)].map(([, at, held]) => ({
        at: Number(at),
        held: held === '1',
      })),
    };
  },
});
