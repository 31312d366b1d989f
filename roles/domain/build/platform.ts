import { type Script, sh } from '../../../lib/index.ts';

/** What a compiled program depends on: hosts of one platform can share it. */
export interface Platform {
  /** `ID` of os-release, as in `debian`. */
  readonly id: string;
  /** `VERSION_ID`; of Red Hat and its kin the major number, since minor releases keep their libraries. */
  readonly version: string;
  /** As in `x86_64`. */
  readonly arch: string;
  /** As in `glibc-2.36`. */
  readonly libc: string;
}

/** Prints the platform as one line that {@link parsePlatform} reads. */
export const platformProbe: Script = sh`(
ID= VERSION_ID= VERSION_CODENAME=
if [ -r /etc/os-release ]; then . /etc/os-release; fi
libc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || libc=other
printf 'platform|%s|%s|%s|%s\n' "$ID" "\${VERSION_ID:-$VERSION_CODENAME}" "$(uname -m)" "$libc"
)`;

/** Reads the line of {@link platformProbe}; throws when it makes no sense. */
export function parsePlatform(line: string | undefined): Platform {
  const [word, id = '', version = '', arch = '', libc = ''] = line?.split('|') ?? [];
  if (word !== 'platform' || id === '' || arch === '') {
    throw new Error(
      `the host did not say which system it runs: ${line === undefined ? 'it printed nothing' : `'${line}'`}`,
    );
  }
  return {
    id,
    version: isRedHat(id) ? version.replace(/\..*/, '') : version,
    arch,
    libc: libc.replace(' ', '-'),
  };
}

/** One word that is equal for hosts that can share a build. */
export function platformLabel({ id, version, arch, libc }: Platform): string {
  return [id, version || 'rolling', arch, libc].join('-');
}

/** Whether packages have the names that Red Hat gives them. */
export function isRedHat(id: string): boolean {
  return ['rhel', 'rocky', 'almalinux', 'centos', 'ol', 'fedora'].includes(id);
}
