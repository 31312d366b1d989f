import type { RoleSettings, VarsOf, VarsSchema } from '../../../lib/index.ts';

/** The variables of keepalived-build. */
export const keepalivedVars = {
  type: 'object',
  additionalProperties: false,
  required: ['keepalived_vips', 'keepalived_auth_pass'],
  properties: {
    keepalived_install: {
      type: 'string',
      enum: ['source', 'package'],
      default: 'source',
      description:
        "`source` builds keepalived_version; `package` takes the distribution's, with the same configuration and unit",
    },
    keepalived_version: {
      type: 'string',
      pattern: '^[0-9][0-9A-Za-z.-]*$',
      default: '2.2.7',
      description: 'The version that the source holds',
    },
    keepalived_source: {
      type: 'string',
      minLength: 1,
      description: 'The source archive: a path on the controller, or an http(s) address. Needed to build',
    },
    keepalived_sha256: {
      type: 'string',
      pattern: '^[0-9a-f]{64}$',
      description: "The source archive's sha256, 64 hexadecimal digits in lower case. Needed to build",
    },
    keepalived_configure_flags: {
      type: 'array',
      items: { type: 'string', pattern: '^[A-Za-z-][^\\n]*$' },
      default: [],
      description: 'Further arguments of `configure`; a change of them builds anew, beside what there is',
    },
    keepalived_root: {
      type: 'string',
      pattern: '^(/[A-Za-z0-9._-]+)+$',
      default: '/usr/app',
      description:
        'Builds go to `ROOT/keepalived/VERSION-FINGERPRINT`, the one in use is `ROOT/keepalived/current`',
    },
    keepalived_use_installed: {
      type: 'string',
      pattern: '^[0-9][0-9A-Za-z.-]*$',
      description:
        'Goes back: links this build, which is on the hosts already, and builds nothing. `VERSION`, or `VERSION-FINGERPRINT` where a version was built more than once',
    },
    keepalived_router_id: {
      type: 'string',
      pattern: '^[A-Za-z0-9._-]+$',
      description: "The host's name in messages. Left out: its name in the inventory",
    },
    keepalived_virtual_router_id: {
      type: 'integer',
      minimum: 1,
      maximum: 255,
      default: 51,
      description: 'The same on all hosts that share the addresses, and used by nobody else on their network',
    },
    keepalived_state: {
      type: 'string',
      enum: ['BACKUP', 'MASTER'],
      default: 'BACKUP',
      description: 'What the host starts as; `MASTER` on one host only, and only with keepalived_preempt',
    },
    keepalived_preempt: {
      type: 'boolean',
      default: false,
      description: 'Whether a host that comes back takes the addresses from the one that has them',
    },
    keepalived_interface: {
      type: 'string',
      pattern: '^[A-Za-z0-9._@-]{1,15}$',
      description:
        "The network interface. Left out: the one that carries the host's address, else the default route's",
    },
    keepalived_priority: {
      type: 'integer',
      minimum: 1,
      maximum: 254,
      description: "Of two candidates the higher wins. Left out: 254, 253, … in the play's order of hosts",
    },
    keepalived_vips: {
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      uniqueItems: true,
      description:
        "The virtual IPv4 addresses, as `address/prefix`; without a prefix that of the interface's network",
    },
    keepalived_instances: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'virtual_router_id', 'vips'],
        properties: {
          name: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_-]*$' },
          virtual_router_id: { type: 'integer', minimum: 1, maximum: 255 },
          vips: { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true },
          prefer: { type: 'string' },
        },
      },
      default: [],
      description:
        'Further groups of addresses, each of which is on a host of its own choice: `name`, `virtual_router_id`, `vips`, and `prefer`, the host with the highest priority for it. Left out: the second host for the first of them, and so on',
    },
    keepalived_auth_pass: {
      type: 'string',
      format: 'secret',
      minLength: 1,
      maxLength: 8,
      pattern: '^[A-Za-z0-9_.,:+=/@%^*-]+$',
      description:
        'Password of the group, at most 8 characters. It keeps strays apart, not attackers: VRRP sends it in the clear',
    },
    keepalived_advert_int: {
      type: 'integer',
      minimum: 1,
      maximum: 255,
      default: 1,
      description:
        'Seconds between two announcements; a dead holder is replaced after a little more than three',
    },
    keepalived_unicast: {
      type: 'boolean',
      default: false,
      description: "Announce to the play's other hosts by their addresses instead of by multicast",
    },
    keepalived_check_port: {
      type: 'integer',
      minimum: 1,
      maximum: 65535,
      description: "HAProxy's health port on 127.0.0.1. Left out: the host's haproxy_health_port, else 8101",
    },
    keepalived_check_interval: {
      type: 'integer',
      minimum: 2,
      default: 2,
      description: 'Seconds between two looks at HAProxy; one look takes a second at most',
    },
    keepalived_check_fall: {
      type: 'integer',
      minimum: 1,
      default: 2,
      description: 'Failed looks after which the host gives the addresses up',
    },
    keepalived_check_rise: {
      type: 'integer',
      minimum: 1,
      default: 2,
      description: 'Good looks after which it is a candidate again',
    },
    keepalived_script_user: {
      type: 'string',
      default: 'keepalived_script',
      description: 'The system user that looks at HAProxy; made when missing',
    },
  },
} as const satisfies VarsSchema;

export type KeepalivedVars = VarsOf<typeof keepalivedVars>;

export const keepalivedSettings = {
  name: 'keepalived-build',
  prefix: 'keepalived_',
  vars: keepalivedVars,
} as const satisfies RoleSettings<typeof keepalivedVars>;
