import { defineRole } from '../../lib/index.ts';
import { unitFirst } from '../domain/build/own-unit.ts';
import { provide } from '../domain/build/provide.ts';
import { answersFact } from '../domain/haproxy/facts/answers.ts';
import { UNIT } from '../domain/haproxy/paths.ts';
import { haproxySettings } from '../domain/haproxy/settings.ts';
import { backendsOf } from './backends.ts';
import { lintHaproxy } from './lint.ts';
import { haproxyOrigin } from './recipe.ts';
import { accountTasks, handlers, serviceTasks, unitTasks } from './tasks.ts';
import { validateHaproxy } from './validate.ts';

export type { AdminState } from '../domain/haproxy/facts/servers.ts';
export { serverState, sessionsFact } from '../domain/haproxy/tasks/server-state.ts';

const build = provide('haproxy', haproxyOrigin);

/** HAProxy in front of the brokers: built once per platform or packaged, checked, reloaded rather than restarted. */
export const haproxyBuild = defineRole({
  ...haproxySettings,
  description:
    'HAProxy in front of the brokers, built from source once per platform and flags or taken as a package',
  validate: validateHaproxy,
  lint: lintHaproxy,
  steps: [
    (context) => build.make(context),
    async (context) => {
      const [backends, installed, isUnitFirst] = await Promise.all([
        backendsOf(context),
        build.install(context),
        unitFirst(context, UNIT, (vars) => vars.haproxy_install === 'package'),
      ]);
      return (host) => {
        const program = installed(host, { notify: handlers(host.vars).reload });
        const unit = unitTasks(host.vars);
        return [
          ...accountTasks(host.vars),
          ...(isUnitFirst(host) ? [...unit, ...program] : [...program, ...unit]),
          ...serviceTasks(host.vars, backends(host.vars)),
        ];
      };
    },
    async (context) => {
      // After the handlers, so that it is what runs now that answers.
      if (!context.check) {
        await Promise.all(
          context.hosts.map((host) => context.query([host], answersFact(host.vars.haproxy_health_port))),
        );
      }
      return () => [];
    },
  ],
});
