import type { Handler } from '../model/task.ts';
import { type Script, sh } from '../util/sh.ts';
import { UNIT, validateName } from './support/names.ts';
import { shortName, unitFunctions } from './support/unit.ts';

/** Restarts a service after changes, or starts it when it is stopped. Its unit file is read again first if it changed. */
export function restart(name: string): Handler {
  return handler(
    'restart',
    name,
    sh`systemctl --no-ask-password restart -- "$unit" </dev/null || { told; exit 1; }
settle active`,
  );
}

/** Lets a running service read its configuration again, by a restart if it knows no other way. Starts nothing. */
export function reload(name: string): Handler {
  return handler(
    'reload',
    name,
    sh`systemctl --no-ask-password try-reload-or-restart -- "$unit" </dev/null || { told; exit 1; }
case $(state) in
  ActiveState=inactive | ActiveState=failed) ;;
  *) settle active ;;
esac`,
  );
}

/** Makes systemd read all unit files again. A service task does so by itself. */
export const daemonReload: Handler = {
  name: 'daemon-reload',
  script: sh`systemctl daemon-reload </dev/null`,
};

function handler(verb: string, name: string, script: Script): Handler {
  validateName('unit', name, UNIT);
  return {
    name: `${verb} ${shortName(name)}`,
    script: sh`(
set -eu
${unitFunctions(name)}
case $(systemctl show -p NeedDaemonReload -- "$unit" </dev/null) in
  *=yes) systemctl daemon-reload </dev/null ;;
esac
${script}
)`,
  };
}
