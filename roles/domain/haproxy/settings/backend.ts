import type { VarsSchema } from '../../../../lib/index.ts';

/** How the brokers are reached and looked after. */
export const backendVars = {
  haproxy_backend_group: {
    type: 'string',
    default: 'brokers',
    description: 'The inventory group whose hosts are the backends',
  },
  haproxy_backend_hosts: {
    type: 'string',
    enum: ['members', 'all'],
    default: 'members',
    description:
      '`members`: those hosts of the group that are members of its one RabbitMQ cluster, which are asked; `all`: every host of the group, nobody asked',
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
    default: 'leastconn',
    description:
      'How connections are spread over the brokers; `leastconn` evens out connections that live long, as those of AMQP do',
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
  haproxy_timeout_server: {
    type: 'string',
    pattern: '^[0-9]+(us|ms|s|m|h|d)$',
    default: '3h',
    description: 'How long a broker may be silent',
  },
  haproxy_proxy_protocol: {
    type: 'boolean',
    default: false,
    description:
      "Tell brokers the clients' addresses by the PROXY protocol, version 2. Brokers must expect it: rabbit_config_proxy_protocol has to say the same for them",
  },
  haproxy_check: {
    type: 'string',
    enum: ['connect', 'amqp', 'management'],
    default: 'connect',
    description:
      "What makes a broker healthy: its AMQP port accepts; it answers AMQP's greeting; or its management API says so too",
  },
  haproxy_check_inter: {
    type: 'integer',
    minimum: 100,
    default: 2000,
    description: 'Milliseconds between two checks of a broker',
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
    default: 2,
    description: 'Failed checks that take a broker out',
  },
  haproxy_check_timeout: {
    type: 'string',
    pattern: '^[0-9]+(us|ms|s|m|h|d)$',
    default: '5s',
    description: 'How long an answer to a check may take',
  },
  haproxy_check_port: {
    type: 'integer',
    minimum: 1,
    maximum: 65535,
    default: 15672,
    description: "The management API's port, for haproxy_check `management`",
  },
  haproxy_check_uri: {
    type: 'string',
    pattern: '^/[A-Za-z0-9._/%-]*$',
    description:
      'What is asked of it; 200 is healthy. Left out: `/api/health/checks/port-listener/PORT` with the AMQP port',
  },
  haproxy_check_user: {
    type: 'string',
    pattern: '^[^:\\u0000-\\u001f\\u007f]+$',
    description: 'Who asks: a broker user with the tag monitoring',
  },
  haproxy_check_password: {
    type: 'string',
    format: 'secret',
    minLength: 1,
    pattern: '^[^\\u0000-\\u001f\\u007f]+$',
    description: "That user's password",
  },
} as const satisfies VarsSchema['properties'];
