import {
  command,
  type RoleHost,
  type StepContext,
  sh,
  type Task,
  type TaskOptions,
} from '../../../lib/index.ts';

/**
 * Makes systemd take a service's unit from this path. It keeps the one it has loaded when another of the same name
 * comes before it, and says of neither that it has changed.
 */
export function ownUnitLoaded(name: string, path: string, options: TaskOptions): Task {
  return command(
    {
      run: sh`systemctl daemon-reload </dev/null`,
      unless: sh`case $(systemctl show -p LoadState -p FragmentPath -- ${`${name}.service`} </dev/null) in
  *LoadState=loaded*) [ "$(systemctl show -p FragmentPath --value -- ${`${name}.service`} </dev/null)" = ${path} ] ;;
esac`,
    },
    { title: `${name}.service is ${path}`, ...options },
  );
}

/**
 * The hosts whose unit has to be there before the package is, which would otherwise start its own. Elsewhere the
 * package comes first, so that a unit never names a program that is not there yet.
 */
export async function unitFirst<V>(
  context: StepContext<V>,
  path: string,
  isPackage: (vars: V) => boolean,
): Promise<(host: Pick<RoleHost<V>, 'name'>) => boolean> {
  const asked = context.hosts.filter(({ vars }) => isPackage(vars));
  const there = await context.query(asked, {
    name: `is there ${path}`,
    script: sh`if [ -e ${path} ]; then echo yes; else echo no; fi`,
    parse: ({ stdout }) => stdout === 'yes',
  });
  return ({ name }) => there.get(name) === false;
}
