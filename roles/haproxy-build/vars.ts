import type { VarsOf, VarsSchema } from '../../lib/index.ts';

/** The variables of haproxy-build. */
export const haproxyVars = {
  type: 'object',
  additionalProperties: false,
  required: ['haproxy_source', 'haproxy_sha256', 'haproxy_stats_password'],
  properties: {
    haproxy_version: {
      type: 'string',
      pattern: '^[0-9][0-9A-Za-z.-]*$',
      default: '2.6.12',
      description: 'The version that the source holds',
    },
    haproxy_source: {
      type: 'string',
      minLength: 1,
      description: 'The source archive: a path on the controller, or an http(s) address',
    },
    haproxy_sha256: {
      type: 'string',
      pattern: '^[0-9a-f]{64}$',
      description: "The source archive's sha256, 64 hexadecimal digits in lower case",
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
      description:
        'Builds go to `ROOT/haproxy/VERSION-FINGERPRINT`, the one in use is `ROOT/haproxy/current`',
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
    haproxy_backend_group: {
      type: 'string',
      default: 'brokers',
      description: 'The inventory group whose hosts are the backends',
    },
    haproxy_front_bind: {
      type: 'string',
      default: '*',
      description: 'The address that clients connect to; `*` is all',
    },
    haproxy_front_port: {
      type: 'integer',
      minimum: 1,
      maximum: 65535,
      default: 5673,
      description: 'The port that clients connect to',
    },
    haproxy_backend_port: {
      type: 'integer',
      minimum: 1,
      maximum: 65535,
      default: 5672,
      description: "The brokers' AMQP port",
    },
    haproxy_balance: {
      type: 'string',
      enum: ['roundrobin', 'leastconn', 'source', 'first'],
      default: 'roundrobin',
      description: 'How connections are spread over the brokers',
    },
    haproxy_check_inter: {
      type: 'integer',
      minimum: 100,
      default: 5000,
      description: "Milliseconds between two checks of a broker's port",
    },
    haproxy_check_rise: {
      type: 'integer',
      minimum: 1,
      default: 2,
      description: 'Good checks that bring a broker back',
    },
    haproxy_check_fall: {
      type: 'integer',
      minimum: 1,
      default: 3,
      description: 'Failed checks that take a broker out',
    },
    haproxy_weight: {
      type: 'integer',
      minimum: 0,
      maximum: 256,
      default: 1,
      description: "Every broker's weight",
    },
    haproxy_timeout_connect: {
      type: 'string',
      pattern: '^[0-9]+(us|ms|s|m|h|d)$',
      default: '5s',
      description: 'How long a connection to a broker may take',
    },
    haproxy_timeout_client: {
      type: 'string',
      pattern: '^[0-9]+(us|ms|s|m|h|d)$',
      default: '3h',
      description: 'How long a client may be silent; TCP keepalive finds dead ones earlier',
    },
    haproxy_timeout_server: {
      type: 'string',
      pattern: '^[0-9]+(us|ms|s|m|h|d)$',
      default: '3h',
      description: 'How long a broker may be silent',
    },
    haproxy_hard_stop_after: {
      type: 'string',
      pattern: '^[0-9]+(us|ms|s|m|h|d)$',
      default: '30m',
      description: 'How long connections of before a reload are let live',
    },
    haproxy_maxconn: {
      type: 'integer',
      minimum: 1,
      default: 4096,
      description: 'Client connections at a time; the stats page and the health check have room of their own',
    },
    haproxy_stats_bind: {
      type: 'string',
      default: '*',
      description: 'The address of the stats page; `*` is all',
    },
    haproxy_stats_port: {
      type: 'integer',
      minimum: 1,
      maximum: 65535,
      default: 8100,
      description: 'The port of the stats page',
    },
    haproxy_stats_uri: {
      type: 'string',
      pattern: '^/[A-Za-z0-9._/-]*$',
      default: '/stats',
      description: 'The path of the stats page',
    },
    haproxy_stats_user: {
      type: 'string',
      pattern: '^[A-Za-z0-9._@-]+$',
      default: 'admin',
      description: 'Who may see the stats page',
    },
    haproxy_stats_password: {
      type: 'string',
      format: 'secret',
      minLength: 1,
      pattern: '^[^\\u0000-\\u001f\\u007f]+$',
      description: "That user's password",
    },
    haproxy_health_port: {
      type: 'integer',
      minimum: 1,
      maximum: 65535,
      default: 8101,
      description: 'Port on 127.0.0.1 where `GET /healthz` answers 200 while HAProxy works',
    },
  },
} as const satisfies VarsSchema;

export type HaproxyVars = VarsOf<typeof haproxyVars>;
