import { type Script, sh } from '../../../lib/index.ts';
import { BROKER_HOME, BROKER_SERVICE, setNode } from './commands.ts';

/** Stops the node and moves what it believes and holds into a folder beside, named after the time. */
export const putAside: Script = sh`${setNode}
systemctl stop ${BROKER_SERVICE}
aside=${BROKER_HOME}/put-aside-$(date +%Y%m%d-%H%M%S)
mkdir -p "$aside"
for f in ${BROKER_HOME}/mnesia/"$node" ${BROKER_HOME}/mnesia/"$node"-feature_flags; do
  if [ -e "$f" ]; then mv "$f" "$aside"/; fi
done`;
