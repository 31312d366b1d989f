import { packages } from '../../../lib/index.ts';
import { installedTasks, listInstalled } from './installed.ts';
import type { Recipe } from './recipe.ts';
import { type SharedBuild, sharedBuild } from './shared-build.ts';

/** Where a host is to have a program from. */
export type ProgramOrigin =
  | { readonly kind: 'source'; readonly recipe: Recipe }
  /** A build that is on the host already: its folder's name, or the version it begins with. */
  | { readonly kind: 'installed'; readonly root: string; readonly name: string; readonly folder: string }
  /** The distribution's packages. */
  | { readonly kind: 'package'; readonly names: readonly string[] };

/**
 * @param program its name, as in `haproxy`
 * @param originOf what a host's variables ask for
 */
export function provide<V>(program: string, originOf: (vars: V) => ProgramOrigin): SharedBuild<V> {
  const built = sharedBuild<V>(program, (vars) => {
    const origin = originOf(vars);
    return origin.kind === 'source' ? origin.recipe : undefined;
  });
  return {
    make: (context) => built.make(context),
    async install(context) {
      const [fromSource, folders] = await Promise.all([
        built.install(context),
        listInstalled(context, ({ vars }) => {
          const origin = originOf(vars);
          return origin.kind === 'installed' ? origin : undefined;
        }),
      ]);
      return (host, options = {}) => {
        const origin = originOf(host.vars);
        if (origin.kind === 'source') return fromSource(host, options);
        const tags = ['install', ...(options.tags ?? [])];
        if (origin.kind === 'package') return [packages({ names: origin.names }, { ...options, tags })];
        return installedTasks(origin, folders.get(host.name) ?? [], { ...options, tags });
      };
    },
  };
}
