import { lines, type Script, sh } from '../../../../lib/index.ts';
import { bootOver } from './boot.ts';
import { BROKER_SERVICE, ctl } from './commands.ts';

/**
 * Starts the broker in a VM that is up and runs none. A broker that crashed half-way leaves its store open behind it, and
 * is never started again in that VM: with nothing running in it, its unit may be stopped, and started anew. A VM whose
 * broker is still booting runs none yet: that is waited for.
 * @param start starts the unit
 */
export function startApplication(start: Script = sh`systemctl start ${BROKER_SERVICE}`): Script {
  return lines(
    bootOver,
    sh`if ! ${ctl('start_app')}; then
  echo 'it does not start in the VM that is there: the unit is restarted' >&2
  systemctl stop ${BROKER_SERVICE}
  ${start}
fi`,
  );
}
