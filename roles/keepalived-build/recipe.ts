import { sh } from '../../lib/index.ts';
import { needs } from '../domain/build/packages.ts';
import type { ProgramOrigin } from '../domain/build/provide.ts';
import type { Recipe } from '../domain/build/recipe.ts';
import { requireSource } from '../domain/build/source.ts';
import type { KeepalivedVars } from '../domain/keepalived/settings.ts';

/** The variables that name the source. */
export const KEEPALIVED_SOURCE = { source: 'keepalived_source', sha256: 'keepalived_sha256' };

/** Where Keepalived comes from. */
export function keepalivedOrigin(vars: KeepalivedVars): ProgramOrigin {
  const { keepalived_install: how, keepalived_root: root, keepalived_use_installed: folder } = vars;
  if (how === 'package') return { kind: 'package', names: ['keepalived'] };
  if (folder !== undefined) return { kind: 'installed', root, name: 'keepalived', folder };
  return { kind: 'source', recipe: keepalivedRecipe(vars) };
}

/** How Keepalived is made. */
export function keepalivedRecipe(vars: KeepalivedVars): Recipe {
  const { keepalived_version: version, keepalived_configure_flags: flags } = vars;
  return {
    name: 'keepalived',
    version,
    root: vars.keepalived_root,
    ...requireSource(vars.keepalived_source, vars.keepalived_sha256, KEEPALIVED_SOURCE),
    flags,
    needs: (platform) => needs(platform, ['openssl', 'libnl']),
    // What goes to /etc and lib (a sample configuration, an init script or unit) is left out of the build: only
    // the folder is packed. Symbols for a debugger (-g) would only cost time: they are stripped in the end.
    script: (folder) => sh`case $(./configure --version) in
  *" "${version}"
"*) ;;
  *) printf 'the source does not hold Keepalived %s\n' ${version} >&2; exit 1 ;;
esac
./configure --prefix=${folder} --sysconfdir=/etc --disable-dependency-tracking --disable-systemd \
  --with-init=systemd --with-systemdsystemunitdir=${folder}/lib/systemd CFLAGS=-O2 ${flags}
make -j"$jobs"
make install DESTDIR="$DESTDIR"
rm -rf -- "$DESTDIR"${folder}/lib "$DESTDIR"${folder}/share/doc "$DESTDIR"${folder}/etc`,
    program: 'sbin/keepalived',
  };
}
