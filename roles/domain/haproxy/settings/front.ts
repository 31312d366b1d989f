import type { VarsSchema } from '../../../../lib/index.ts';

/** What clients see. */
export const frontVars = {
  haproxy_front_bind: {
    type: 'string',
    default: '*',
    description: 'The address that clients connect to; `*` is all',
  },
  haproxy_front_addresses: {
    type: 'array',
    items: { type: 'string', pattern: '^[0-9A-Fa-f.:]+$' },
    default: [],
    uniqueItems: true,
    description:
      'Exactly these addresses instead, as for `VIP:5672` beside a broker that listens on its own address only. They need not be on the host: `ip_nonlocal_bind` is set',
  },
  haproxy_front_port: {
    type: 'integer',
    minimum: 1,
    maximum: 65535,
    default: 5673,
    description: 'The port that clients connect to',
  },
  haproxy_tls_port: {
    type: 'integer',
    minimum: 1,
    maximum: 65535,
    description: 'A port where clients speak TLS with HAProxy, on the same addresses. Left out: none',
  },
  haproxy_tls_pem: {
    type: 'string',
    format: 'secret',
    description: 'Certificate, chain and key for it, as PEM text',
  },
  haproxy_tls_pem_file: {
    type: 'string',
    minLength: 1,
    description: 'The same as a file on the controller',
  },
  haproxy_tls_min_version: {
    type: 'string',
    enum: ['TLSv1.2', 'TLSv1.3'],
    default: 'TLSv1.2',
    description: 'The oldest TLS that clients may speak',
  },
  haproxy_tls_only: {
    type: 'boolean',
    default: false,
    description: 'Whether haproxy_front_port, where nothing is encrypted, is closed',
  },
  haproxy_timeout_client: {
    type: 'string',
    pattern: '^[0-9]+(us|ms|s|m|h|d)$',
    default: '3h',
    description: 'How long a client may be silent; TCP keepalive finds dead ones earlier',
  },
  haproxy_keepalive_idle: {
    type: 'string',
    pattern: '^[0-9]+(s|m|h|d)$',
    default: '60s',
    description:
      'Silence after which TCP keepalive asks whether the other side lives, six times in a minute; on both sides',
  },
  haproxy_maxconn: {
    type: 'integer',
    minimum: 1,
    default: 4096,
    description: 'Client connections at a time; the stats page and the health check have room of their own',
  },
  haproxy_hard_stop_after: {
    type: 'string',
    pattern: '^[0-9]+(us|ms|s|m|h|d)$',
    default: '30m',
    description: 'How long connections of before a reload are let live',
  },
} as const satisfies VarsSchema['properties'];
