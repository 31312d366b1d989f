import { packages } from '../../../lib/index.ts';
import { installedTasks, listInstalled } from './installed.ts';
import type { Recipe } from './recipe.ts';
import { type SharedBuild, sharedBuild } from './shared-build.ts';

/** Where a host is to have a program from. */
export type Wish =
  | { readonly kind: 'source'; readonly recipe: Recipe }
  /** A build that is on the host already: its folder's name, or the version it begins with. */
  | { readonly kind: 'installed'; readonly root: string; readonly name: string; readonly folder: string }
  /** The distribution's packages. */
  | { readonly kind: 'package'; readonly names: readonly string[] };

/**
 * @param program its name, as in `haproxy`
 * @param wishOf what a host's variables ask for
 */
export function provide<V>(program: string, wishOf: (vars: V) => Wish): SharedBuild<V> {
  const built = sharedBuild<V>(program, (vars) => {
    const wish = wishOf(vars);
    return wish.kind === 'source' ? wish.recipe : undefined;
  });
  return {
    make: (context) => built.make(context),
    async install(context) {
      const [fromSource, folders] = await Promise.all([
        built.install(context),
        listInstalled(context, ({ vars }) => {
          const wish = wishOf(vars);
          return wish.kind === 'installed' ? wish : undefined;
        }),
      ]);
      return (host, options = {}) => {
        const wish = wishOf(host.vars);
        if (wish.kind === 'source') return fromSource(host, options);
        const tags = ['install', ...(options.tags ?? [])];
        if (wish.kind === 'package') return [packages({ names: wish.names }, { ...options, tags })];
        return installedTasks(wish, folders.get(host.name) ?? [], { ...options, tags });
      };
    },
  };
}
