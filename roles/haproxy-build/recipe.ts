import { sh } from '../../lib/index.ts';
import { type Library, needs } from '../domain/build/packages.ts';
import type { ProgramOrigin } from '../domain/build/provide.ts';
import type { Recipe } from '../domain/build/recipe.ts';
import { requireSource } from '../domain/build/source.ts';
import type { HaproxyVars } from '../domain/haproxy/settings.ts';

/** The variables that name the source. */
export const HAPROXY_SOURCE = { source: 'haproxy_source', sha256: 'haproxy_sha256' };

/** The library that a flag links with. */
const LIBRARIES: Readonly<Record<string, Library>> = {
  // On Linux it checks encrypted passwords of a userlist unless it is told not to.
  'TARGET=linux-glibc': 'crypt',
  'USE_OPENSSL=1': 'openssl',
  'USE_PCRE2=1': 'pcre2',
  'USE_ZLIB=1': 'zlib',
  'USE_SYSTEMD=1': 'systemd',
};

/** Where HAProxy comes from. */
export function haproxyOrigin(vars: HaproxyVars): ProgramOrigin {
  const { haproxy_install: how, haproxy_root: root, haproxy_use_installed: folder } = vars;
  if (how === 'package') return { kind: 'package', names: ['haproxy'] };
  if (folder !== undefined) return { kind: 'installed', root, name: 'haproxy', folder };
  return { kind: 'source', recipe: haproxyRecipe(vars) };
}

/** How HAProxy is made. */
export function haproxyRecipe(vars: HaproxyVars): Recipe {
  const { haproxy_version: version, haproxy_flags: flags, haproxy_extra_packages: extra } = vars;
  const libraries = flags.flatMap((flag) => LIBRARIES[flag] ?? []);
  return {
    name: 'haproxy',
    version,
    root: vars.haproxy_root,
    ...requireSource(vars.haproxy_source, vars.haproxy_sha256, HAPROXY_SOURCE),
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
