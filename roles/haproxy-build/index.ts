import { defineRole } from '../../lib/index.ts';
import { sharedBuild } from '../support/build/shared-build.ts';
import { answersQuestion } from './answers.ts';
import { haproxyRecipe } from './recipe.ts';
import { accountTasks, handlers, serviceTasks } from './tasks.ts';
import { validateHaproxy } from './validate.ts';
import { haproxyVars } from './vars.ts';

const build = sharedBuild(haproxyRecipe);

/** HAProxy from source in front of the brokers: built once per platform, checked, reloaded rather than restarted. */
export const haproxyBuild = defineRole({
  name: 'haproxy-build',
  description: 'HAProxy, built from source once per platform and flags, in front of the brokers',
  prefix: 'haproxy_',
  vars: haproxyVars,
  validate: validateHaproxy,
  steps: [
    (context) => build.make(context),
    async (context) => {
      const installed = await build.install(context);
      return (host) => [
        ...accountTasks(host.vars),
        ...installed(host, { notify: handlers(host.vars.haproxy_root).reload }),
        ...serviceTasks(host.vars, context.group(host.vars.haproxy_backend_group)),
      ];
    },
    async (context) => {
      // After the handlers, so that it is what runs now that answers.
      if (!context.check) {
        await Promise.all(
          context.hosts.map((host) => context.query([host], answersQuestion(host.vars.haproxy_health_port))),
        );
      }
      return () => [];
    },
  ],
});
