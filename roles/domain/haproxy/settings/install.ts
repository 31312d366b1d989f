import type { VarsSchema } from '../../../../lib/index.ts';

/** Where HAProxy comes from and who it runs as. */
export const installVars = {
  haproxy_install: {
    type: 'string',
    enum: ['source', 'package'],
    default: 'source',
    description:
      "`source` builds haproxy_version; `package` takes the distribution's, with the same configuration and unit",
  },
  haproxy_version: {
    type: 'string',
    pattern: '^[0-9][0-9A-Za-z.-]*$',
    default: '2.6.12',
    description: 'The version that the source holds',
  },
  haproxy_source: {
    type: 'string',
    minLength: 1,
    description: 'The source archive: a path on the controller, or an http(s) address. Needed to build',
  },
  haproxy_sha256: {
    type: 'string',
    pattern: '^[0-9a-f]{64}$',
    description: "The source archive's sha256, 64 hexadecimal digits in lower case. Needed to build",
  },
  haproxy_flags: {
    type: 'array',
    items: { type: 'string', pattern: '^[A-Z][A-Z0-9_]*=[^\\n]*$' },
    default: [
      'TARGET=linux-glibc',
      'USE_OPENSSL=1',
      'USE_PCRE2=1',
      'USE_ZLIB=1',
      'USE_SYSTEMD=1',
      'USE_PROMEX=1',
    ],
    description: 'What `make` is given; a change of it builds anew, beside what there is',
  },
  haproxy_extra_packages: {
    type: 'array',
    items: { type: 'string' },
    default: [],
    description: 'Packages that further flags need, installed on every proxy before the build',
  },
  haproxy_root: {
    type: 'string',
    pattern: '^(/[A-Za-z0-9._-]+)+$',
    default: '/usr/app',
    description: 'Builds go to `ROOT/haproxy/VERSION-FINGERPRINT`, the one in use is `ROOT/haproxy/current`',
  },
  haproxy_use_installed: {
    type: 'string',
    pattern: '^[0-9][0-9A-Za-z.-]*$',
    description:
      'Goes back: links this build, which is on the hosts already, and builds nothing. `VERSION`, or `VERSION-FINGERPRINT` where a version was built more than once',
  },
  haproxy_user: {
    type: 'string',
    default: 'haproxy',
    description: 'The system user that HAProxy runs as; made when missing',
  },
  haproxy_group: {
    type: 'string',
    default: 'haproxy',
    description: 'Its group, which may use the stats socket',
  },
} as const satisfies VarsSchema['properties'];
