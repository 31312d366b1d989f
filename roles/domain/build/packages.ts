import { isRedHat, type Platform } from './platform.ts';

/** Libraries that the recipes know, by the name the tables have them under. */
export type Library = 'openssl' | 'pcre2' | 'zlib' | 'systemd' | 'libnl' | 'crypt';

/** Packages a program needs, as the platform names them. */
export interface Needs {
  /** To compile it. */
  readonly build: readonly string[];
  /** To run it. */
  readonly runtime: readonly string[];
}

const TOOLS = { debian: ['gcc', 'make', 'libc6-dev', 'pkg-config'], redhat: ['gcc', 'make', 'pkgconf'] };

const HEADERS: Readonly<Record<'debian' | 'redhat', Readonly<Record<Library, readonly string[]>>>> = {
  debian: {
    openssl: ['libssl-dev'],
    pcre2: ['libpcre2-dev'],
    zlib: ['zlib1g-dev'],
    systemd: ['libsystemd-dev'],
    libnl: ['libnl-3-dev', 'libnl-genl-3-dev'],
    // Debian's libc6-dev brings it up to 13.
    crypt: ['libcrypt-dev'],
  },
  redhat: {
    openssl: ['openssl-devel'],
    pcre2: ['pcre2-devel'],
    zlib: ['zlib-devel'],
    systemd: ['systemd-devel'],
    libnl: ['libnl3-devel'],
    crypt: ['libxcrypt-devel'],
  },
};

const debian: Readonly<Record<Library, readonly string[]>> = {
  openssl: ['libssl3'],
  pcre2: ['libpcre2-8-0', 'libpcre2-posix3'],
  zlib: ['zlib1g'],
  systemd: ['libsystemd0'],
  libnl: ['libnl-3-200', 'libnl-genl-3-200'],
  crypt: ['libcrypt1'],
};
/** Since Debian's change to 64-bit times some packages have another name. */
const debianTime64 = { ...debian, openssl: ['libssl3t64'] };
const redhat: Readonly<Record<Library, readonly string[]>> = {
  openssl: ['openssl-libs'],
  pcre2: ['pcre2'],
  zlib: ['zlib'],
  systemd: ['systemd-libs'],
  libnl: ['libnl3'],
  crypt: ['libxcrypt'],
};

const RUNTIME: Readonly<Record<string, Readonly<Record<Library, readonly string[]>>>> = {
  'debian 12': debian,
  'debian 13': debianTime64,
  'ubuntu 22.04': debian,
  'ubuntu 24.04': debianTime64,
  ...Object.fromEntries(
    ['rhel', 'rocky', 'almalinux'].flatMap((id) => ['8', '9'].map((version) => [`${id} ${version}`, redhat])),
  ),
};

/**
 * The packages to compile and to run something that uses these libraries. On a platform nobody has listed, what
 * compiles it also brings what it runs with.
 */
export function needs({ id, version }: Platform, libraries: readonly Library[]): Needs {
  const family = isRedHat(id) ? 'redhat' : 'debian';
  const build = [...TOOLS[family], ...libraries.flatMap((library) => HEADERS[family][library])];
  const table = RUNTIME[`${id} ${version}`];
  return { build, runtime: table ? libraries.flatMap((library) => table[library]) : build };
}
