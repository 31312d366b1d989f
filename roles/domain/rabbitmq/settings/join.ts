import type { RoleSettings, VarsOf, VarsSchema } from '../../../../lib/index.ts';

export const vars = {
  type: 'object',
  additionalProperties: false,
  required: ['rabbit_admin_password'],
  properties: {
    rabbit_install: {
      type: 'boolean',
      default: true,
      description: 'Install the broker where it is missing.',
    },
    rabbit_packages: {
      type: 'array',
      items: { type: 'string' },
      default: ['rabbitmq-server'],
      description: 'The packages that bring the broker.',
    },
    rabbit_hosts_entries: {
      type: 'boolean',
      default: false,
      description:
        'Write every node into /etc/hosts. Else nodes must find each other by DNS, which is checked.',
    },
    rabbit_nofile: {
      type: 'integer',
      minimum: 1024,
      description: "The broker's limit of open files, where the unit's own is not to stay.",
    },
    rabbit_seed: {
      type: 'string',
      description:
        "The host that the others join when no broker holds anything yet, or when several do. Left out: the play's first host.",
    },
    rabbit_node_type: {
      type: 'string',
      enum: ['disc', 'ram'],
      default: 'disc',
      description:
        'Per host. A ram node keeps its metadata in memory only; deprecated, and from RabbitMQ 4.3 on the same as a disc node.',
    },
    rabbit_cluster_name: {
      type: 'string',
      minLength: 1,
      description: "The cluster's name; left as it is when not set.",
    },
    rabbit_allow_data_loss: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description:
        'Hosts whose data may be destroyed so that they can join. A node with data is refused unless it is named here.',
    },
    rabbit_plugins: {
      type: 'array',
      items: { type: 'string' },
      default: ['rabbitmq_management'],
      description: 'Plugins to enable on every node; others are left as they are.',
    },
    rabbit_admin_user: {
      type: 'string',
      minLength: 1,
      default: 'admin',
      description: 'An administrator with all permissions on every virtual host.',
    },
    rabbit_admin_password: {
      type: 'string',
      format: 'secret',
      minLength: 1,
      description: "The administrator's password.",
    },
    rabbit_guest: {
      type: 'string',
      enum: ['remove', 'keep'],
      default: 'remove',
      description: 'What becomes of the user guest, whose password everybody knows.',
    },
  },
} as const satisfies VarsSchema;

export type Vars = VarsOf<typeof vars>;

export const joinSettings = {
  name: 'rabbit-join',
  prefix: 'rabbit_',
  otherPrefixes: ['rabbit_config_', 'rabbit_entities_', 'rabbit_status_'],
  vars,
} as const satisfies RoleSettings<typeof vars>;
