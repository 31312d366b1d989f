import { sh } from '../../../../lib/index.ts';
import type { Platform } from '../../../../roles/domain/build/platform.ts';
import type { Recipe } from '../../../../roles/domain/build/recipe.ts';

export const bookworm: Platform = { id: 'debian', version: '12', arch: 'x86_64', libc: 'glibc-2.36' };

/** A small program to build: its `make` is a stand-in. */
export function toolRecipe(changed: Partial<Recipe> = {}): Recipe {
  return {
    name: 'tool',
    version: '1.0',
    root: '/usr/app',
    source: { path: '/nowhere/tool-1.0.tar.gz' },
    sha256: 'a'.repeat(64),
    flags: ['TLS=1'],
    needs: () => ({ build: ['gcc'], runtime: ['libtool'] }),
    script: (folder) => sh`make -j"$jobs" PREFIX=${folder} DESTDIR="$DESTDIR"`,
    program: 'sbin/tool',
    ...changed,
  };
}
