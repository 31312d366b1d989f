import type { VarsSchema } from '../../../../lib/index.ts';

/** What people and machines that look after HAProxy see. */
export const monitorVars = {
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
  haproxy_metrics_port: {
    type: 'integer',
    minimum: 1,
    maximum: 65535,
    description: 'A port where Prometheus gets `/metrics`, without a password. Left out: none',
  },
  haproxy_metrics_bind: {
    type: 'string',
    default: '*',
    description: 'The address of that port; `*` is all',
  },
} as const satisfies VarsSchema['properties'];
