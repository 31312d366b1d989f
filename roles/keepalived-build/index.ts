import { defineRole } from '../../lib/index.ts';
import { sharedBuild } from '../support/build/shared-build.ts';
import { keepalivedRecipe } from './recipe.ts';
import { askSites } from './site.ts';
import { accountTasks, handlers, serviceTasks } from './tasks.ts';
import { validateKeepalived } from './validate.ts';
import { keepalivedVars } from './vars.ts';
import { awaitVips } from './vip.ts';

const build = sharedBuild(keepalivedRecipe);

/** Keepalived from source: virtual addresses that are always on one host whose HAProxy works. */
export const keepalivedBuild = defineRole({
  name: 'keepalived-build',
  description: 'Keepalived, built from source once per platform and flags, holding the virtual addresses',
  prefix: 'keepalived_',
  vars: keepalivedVars,
  validate: validateKeepalived,
  steps: [
    (context) => build.make(context),
    async (context) => {
      const [installed, siteOf] = await Promise.all([build.install(context), askSites(context)]);
      return (host) => [
        ...accountTasks(host.vars),
        ...installed(host, { notify: handlers(host.vars.keepalived_root).restart }),
        ...serviceTasks(host, siteOf(host)),
      ];
    },
    async (context) => {
      const [first] = context.hosts;
      if (!context.check && first) await awaitVips(context, first.vars.keepalived_vips);
      return () => [];
    },
  ],
});
