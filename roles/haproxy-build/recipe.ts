import { sh } from '../../lib/index.ts';
import { type Library, needs } from '../support/build/packages.ts';
import type { Recipe } from '../support/build/recipe.ts';
import { sourceOf } from '../support/build/source.ts';
import type { HaproxyVars } from './vars.ts';

/** The library that a flag links with. */
const LIBRARIES: Readonly<Record<string, Library>> = {
  'USE_OPENSSL=1': 'openssl',
  'USE_PCRE2=1': 'pcre2',
  'USE_ZLIB=1': 'zlib',
  'USE_SYSTEMD=1': 'systemd',
};

/** How HAProxy is made. */
export function haproxyRecipe(vars: HaproxyVars): Recipe {
  const { haproxy_version: version, haproxy_flags: flags, haproxy_extra_packages: extra } = vars;
  const libraries = flags.flatMap((flag) => LIBRARIES[flag] ?? []);
  return {
    name: 'haproxy',
    version,
    root: vars.haproxy_root,
    source: sourceOf(vars.haproxy_source),
    sha256: vars.haproxy_sha256,
    flags,
    needs(platform) {
      const { build, runtime } = needs(platform, libraries);
      return { build: [...build, ...extra], runtime: [...runtime, ...extra] };
    },
    // Symbols for a debugger (-g) would only cost time: they are stripped in the end.
    script: (folder) => sh`if [ "$(cat VERSION)" != ${version} ]; then
  printf 'the source holds HAProxy %s, not %s\n' "$(cat VERSION)" ${version} >&2; exit 1
fi
make -j"$jobs" DEBUG_CFLAGS= ${flags}
make install-bin install-man DESTDIR="$DESTDIR" PREFIX=${folder} ${flags}`,
    program: 'sbin/haproxy',
  };
}
