import type { RoleSettings, VarsOf, VarsSchema } from '../../../../lib/index.ts';
import { formerly } from '../../formerly.ts';

export const vars = {
  type: 'object',
  additionalProperties: false,
  properties: formerly('broker_', 'rabbit_config_', {
    rabbit_config_proxy_protocol: {
      type: 'boolean',
      formerly: ['rabbit_proxy_protocol'],
      default: false,
      description:
        'Every AMQP listener expects the PROXY protocol, and no client that comes without it can connect: the proxies have to send it.',
    },
    rabbit_config_partition_handling: {
      type: 'string',
      enum: ['pause_minority', 'autoheal', 'ignore', 'keep'],
      description:
        'What a node does that has lost sight of others (`cluster_partition_handling`). When not set: `pause_minority` from three brokers on, unless somebody else has set it; `keep` leaves it alone.',
    },
    rabbit_config_default_queue_type: {
      type: 'string',
      enum: ['classic', 'quorum', 'stream'],
      description:
        'Type of queues that are declared without one, in new virtual hosts; RabbitMQ 3.13 and later.',
    },
    rabbit_config_listeners: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      description: 'Where plain AMQP is listened for: `5672`, `192.0.2.11:5672`; an empty list is nowhere.',
    },
    rabbit_config_tls_certificate: {
      type: 'string',
      minLength: 1,
      description: "Path on the controller: the node's certificate (PEM), with its chain. It turns TLS on.",
    },
    rabbit_config_tls_key: {
      type: 'string',
      minLength: 1,
      description: "Path on the controller: the certificate's key (PEM), not encrypted. Never shown.",
    },
    rabbit_config_tls_ca: {
      type: 'string',
      minLength: 1,
      description: 'Path on the controller: the authorities (PEM) whose certificates are trusted.',
    },
    rabbit_config_tls_listeners: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: ['5671'],
      description: 'Where AMQP over TLS is listened for.',
    },
    rabbit_config_tls_clients: {
      type: 'string',
      enum: ['ignore', 'verify', 'require'],
      default: 'ignore',
      description: "Clients' certificates: not asked for, verified when there is one, or required.",
    },
    rabbit_config_tls_versions: {
      type: 'array',
      items: { type: 'string', enum: ['tlsv1.3', 'tlsv1.2'] },
      default: ['tlsv1.3', 'tlsv1.2'],
      minItems: 1,
      description: 'Versions of TLS that are spoken, the preferred first.',
    },
    rabbit_config_tls_inter_node: {
      type: 'boolean',
      default: false,
      description:
        'Nodes and tools talk to each other over TLS, with the same certificate; needs `rabbit_config_tls_ca`.',
    },
    rabbit_config_peer_discovery: {
      type: 'string',
      enum: ['classic_config'],
      description:
        'Form the cluster by peer discovery, from the hosts of the play, instead of joining one node after the other.',
    },
    rabbit_config_settings: {
      type: 'object',
      additionalProperties: { type: 'string' },
      default: {},
      description:
        'More lines of rabbitmq.conf, such as `heartbeat: "30"`. No secrets: they are shown in diffs.',
    },
  }),
} as const satisfies VarsSchema;

export type Vars = VarsOf<typeof vars>;

export const configSettings = {
  name: 'rabbit-config',
  prefix: 'rabbit_config_',
  vars,
} as const satisfies RoleSettings<typeof vars>;
