import { type Script, sh } from '../../../../lib/index.ts';
import { BROKER_HOME, BROKER_SERVICE, setNode } from './commands.ts';

/** Where what a node has is moved to when it is put aside at this time. */
export function asideAt(time: Date): string {
  return `${BROKER_HOME}/put-aside-${time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}`;
}

/** Moves what `$node`, which is stopped, believes and holds into the folder `$aside`, on the same disk. */
export const moveAside: Script = sh`mkdir -p "$aside"
for f in ${BROKER_HOME}/mnesia/"$node" ${BROKER_HOME}/mnesia/"$node"-feature_flags; do
  if [ -e "$f" ]; then mv "$f" "$aside"/; fi
done`;

/**
 * Stops the node and moves what it believes and holds into a folder beside, named after the time. A boot that is cut off by
 * it is no loss: the next one finds nothing.
 */
export const putAside: Script = sh`${setNode}
systemctl stop ${BROKER_SERVICE}
aside=${BROKER_HOME}/put-aside-$(date +%Y%m%d-%H%M%S)
${moveAside}`;
