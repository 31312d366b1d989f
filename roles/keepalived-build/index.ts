import { defineRole } from '../../lib/index.ts';
import { unitFirst } from '../domain/build/own-unit.ts';
import { provide } from '../domain/build/provide.ts';
import { allVips } from '../domain/keepalived/instances.ts';
import { keepalivedSettings } from '../domain/keepalived/settings.ts';
import { awaitVips } from '../domain/keepalived/vip.ts';
import { lintKeepalived } from './lint.ts';
import { UNIT } from './paths.ts';
import { keepalivedOrigin } from './recipe.ts';
import { askSites } from './site.ts';
import { accountTasks, handlers, serviceTasks, unitTasks } from './tasks.ts';
import { validateKeepalived } from './validate.ts';

const build = provide('keepalived', keepalivedOrigin);

/** Keepalived: virtual addresses that are always on one host whose HAProxy works. */
export const keepalivedBuild = defineRole({
  ...keepalivedSettings,
  description:
    'Keepalived holding the virtual addresses, built from source once per platform and flags or taken as a package',
  validate: validateKeepalived,
  lint: lintKeepalived,
  steps: [
    (context) => build.make(context),
    async (context) => {
      const [installed, siteOf, isUnitFirst] = await Promise.all([
        build.install(context),
        askSites(context),
        unitFirst(context, UNIT, (vars) => vars.keepalived_install === 'package'),
      ]);
      return (host) => {
        const program = installed(host, { notify: handlers(host.vars).restart });
        const unit = unitTasks(host.vars);
        return [
          ...accountTasks(host.vars),
          ...(isUnitFirst(host) ? [...unit, ...program] : [...program, ...unit]),
          ...serviceTasks(host, siteOf(host)),
        ];
      };
    },
    async (context) => {
      const [first] = context.hosts;
      if (!context.check && first) await awaitVips(context, allVips(first.vars));
      return () => [];
    },
  ],
});
