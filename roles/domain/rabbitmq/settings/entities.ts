import type { RoleSettings, VarsOf, VarsSchema } from '../../../../lib/index.ts';
import { formerly } from '../../formerly.ts';

/** Any JSON at all: a schema that refuses nothing, with the type of what isn't null. */
const ANYTHING = {} as unknown as {
  readonly type: 'object';
  readonly properties: Readonly<Record<never, never>>;
  readonly additionalProperties: false;
};

const name = { type: 'string', minLength: 1 } as const;
const vhost = { type: 'string', minLength: 1, default: '/' } as const;
const pattern = { type: 'string', default: '.*' } as const;
const limits = { type: 'object', additionalProperties: { type: 'integer', minimum: -1 } } as const;
const names = { type: 'array', items: name, default: [] } as const;
const table = { type: 'object', additionalProperties: ANYTHING, default: {} } as const;
const yes = { type: 'boolean', default: true } as const;
const no = { type: 'boolean', default: false } as const;

/** A list of things with these properties; none when not set. */
function list<const P extends Readonly<Record<string, object>>, const R extends readonly string[]>(
  properties: P,
  required: R,
) {
  return {
    type: 'array',
    items: { type: 'object', additionalProperties: false, required, properties },
    default: [],
  } as const;
}

const binding = {
  vhost,
  source: name,
  destination: name,
  destination_type: { type: 'string', enum: ['queue', 'exchange'], default: 'queue' },
  routing_key: { type: 'string', default: '' },
  arguments: table,
} as const;

export const vars = {
  type: 'object',
  additionalProperties: false,
  properties: formerly('rabbitmq_', 'rabbit_entities_', {
    rabbit_entities_plugins: { ...names, description: 'Plugins to enable on every node.' },
    rabbit_entities_plugins_absent: { ...names, description: 'Plugins to disable on every node.' },
    rabbit_entities_feature_flags: {
      ...names,
      description: 'Feature flags to enable; `all` stands for every one that is not experimental.',
    },
    rabbit_entities_vhosts: {
      ...list(
        {
          name,
          description: { type: 'string' },
          tags: { type: 'array', items: name },
          default_queue_type: { type: 'string', enum: ['classic', 'quorum', 'stream'] },
          limits,
        },
        ['name'],
      ),
      description:
        'Virtual hosts: `name`, `description`, `tags`, `default_queue_type`, `limits` (`max-connections`, `max-queues`; -1 lifts one).',
    },
    rabbit_entities_vhosts_absent: {
      ...names,
      description: 'Virtual hosts to delete, with all that is in them.',
    },
    rabbit_entities_users: {
      ...list(
        {
          name,
          password: { type: 'string', format: 'secret', minLength: 1 },
          tags: { type: 'array', items: name },
          limits,
        },
        ['name'],
      ),
      description:
        'Users: `name`, `password`, `tags`, `limits` (`max-connections`, `max-channels`). What is left out stays as it is.',
    },
    rabbit_entities_users_absent: { ...names, description: 'Users to delete.' },
    rabbit_entities_permissions: {
      ...list({ user: name, vhost, configure: pattern, write: pattern, read: pattern }, ['user']),
      description:
        'Permissions of a `user` on a `vhost`: `configure`, `write`, `read`, each `.*` when left out.',
    },
    rabbit_entities_permissions_absent: {
      ...list({ user: name, vhost }, ['user']),
      description: 'Permissions to take away: `user`, `vhost`.',
    },
    rabbit_entities_topic_permissions: {
      ...list({ user: name, vhost, exchange: name, write: pattern, read: pattern }, ['user', 'exchange']),
      description: 'Topic permissions of a `user` on a `vhost` and an `exchange`: `write`, `read`.',
    },
    rabbit_entities_topic_permissions_absent: {
      ...list({ user: name, vhost, exchange: name }, ['user', 'exchange']),
      description: 'Topic permissions to take away: `user`, `vhost`, `exchange`.',
    },
    rabbit_entities_parameters: {
      ...list({ component: name, name, vhost, value: ANYTHING }, ['component', 'name', 'value']),
      description: 'Runtime parameters, such as shovels: `component`, `name`, `vhost`, `value`.',
    },
    rabbit_entities_parameters_absent: {
      ...list({ component: name, name, vhost }, ['component', 'name']),
      description: 'Runtime parameters to clear: `component`, `name`, `vhost`.',
    },
    rabbit_entities_global_parameters: {
      ...list({ name, value: ANYTHING }, ['name', 'value']),
      description: 'Global parameters: `name`, `value`.',
    },
    rabbit_entities_global_parameters_absent: { ...names, description: 'Global parameters to clear.' },
    rabbit_entities_exchanges: {
      ...list(
        {
          name,
          vhost,
          type: { type: 'string', minLength: 1, default: 'direct' },
          durable: yes,
          auto_delete: no,
          internal: no,
          arguments: table,
        },
        ['name'],
      ),
      description: 'Exchanges: `name`, `vhost`, `type`, `durable`, `auto_delete`, `internal`, `arguments`.',
    },
    rabbit_entities_exchanges_absent: {
      ...list({ name, vhost }, ['name']),
      description: 'Exchanges to delete.',
    },
    rabbit_entities_queues: {
      ...list(
        {
          name,
          vhost,
          type: { type: 'string', enum: ['classic', 'quorum', 'stream'] },
          durable: yes,
          auto_delete: no,
          arguments: table,
        },
        ['name'],
      ),
      description:
        'Queues: `name`, `vhost`, `type`, `durable`, `auto_delete`, `arguments`. Without `type` the virtual host decides.',
    },
    rabbit_entities_queues_absent: {
      ...list({ name, vhost }, ['name']),
      description: 'Queues to delete, with the messages in them.',
    },
    rabbit_entities_bindings: {
      ...list(binding, ['source', 'destination']),
      description:
        'Bindings: `source`, `destination`, `destination_type`, `routing_key`, `arguments`, `vhost`.',
    },
    rabbit_entities_bindings_absent: {
      ...list(binding, ['source', 'destination']),
      description: 'Bindings to remove, told as those above.',
    },
    rabbit_entities_definitions: {
      ...names,
      description:
        'Definitions files on the controller, as `rabbitmqctl export_definitions` writes them: what differs is imported.',
    },
  }),
} as const satisfies VarsSchema;

export type Vars = VarsOf<typeof vars>;

export const entitiesSettings = {
  name: 'rabbit-entities',
  prefix: 'rabbit_entities_',
  vars,
} as const satisfies RoleSettings<typeof vars>;
