import { type Handler, reload, restart, sh } from '../../../lib/index.ts';

/** What a running service was started from. */
export interface Origin {
  /** The service. */
  readonly service: string;
  /** Written by the service when it starts. */
  readonly pidFile: string;
  /** Absolute paths: its configuration, its unit, the link to its program. */
  readonly paths: readonly string[];
}

/** Reloads a service that runs with something older; one that was started since has it all. */
export function reloadOlder(origin: Origin): Handler {
  return older(reload(origin.service), origin);
}

/** Restarts a service that runs with something older. */
export function restartOlder(origin: Origin): Handler {
  return older(restart(origin.service), origin);
}

function older(handler: Handler, { service, pidFile, paths }: Origin): Handler {
  return {
    ...handler,
    script: sh`if [ -e ${pidFile} ] && [ -z "$(find ${paths} -maxdepth 0 -newer ${pidFile})" ]; then
  printf '%s was started after the change\n' ${service}
else
${handler.script}
fi`,
  };
}
